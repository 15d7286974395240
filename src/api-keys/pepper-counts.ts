import type { EntityManager } from 'typeorm';
import type { KeyType } from '../auth/key-type';
import { query } from '../database/sql';

const COUNT_BY_PEPPER = `SELECT pepper, type, count(*) AS keys FROM api_keys
  WHERE deleted_at IS NULL AND disabled_at IS NULL AND (expires_at IS NULL OR expires_at > ?) AND session_of IS NULL GROUP BY pepper, type`;

export interface PepperCount {
  /** The name of the pepper that these keys were hashed with; null for none. */
  readonly pepper: string | null;
  readonly type: KeyType;
  readonly keys: number;
}

/** How many keys besides session keys are in use, by the pepper that they were hashed with and by type. */
export function countByPepper(manager: EntityManager, nowMillis: number): Promise<PepperCount[]> {
  return query<PepperCount>(manager, COUNT_BY_PEPPER, [nowMillis]);
}
