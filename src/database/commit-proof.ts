import type { EntityManager } from 'typeorm';
import { ApiError, OUTCOME_UNKNOWN } from '../common/errors';
import { query } from './sql';

/**
 * Says whether a transaction was committed, whose answer to COMMIT was lost. It is asked in a later transaction, on another
 * connection, and waits for the end of the first.
 *
 * @throws Error where that cannot be said yet
 */
export type CommitProof = (manager: EntityManager) => Promise<boolean>;

/** The answer to a COMMIT was lost, and what became of it cannot be found out: what was asked for may have been done. */
export class OutcomeUnknownError extends ApiError {
  constructor() {
    super(OUTCOME_UNKNOWN, { headers: { 'Retry-After': '2' } });
  }
}

/** Proves the commit of the manager's transaction by its number, for changes that leave no row of their own to look for. */
export async function proveByNumber(manager: EntityManager): Promise<CommitProof> {
  const [begun] = await query<{ id: string }>(manager, 'SELECT txid_current() AS id', []);
  return async (later) => {
    const [found] = await query<{ status: string | null }>(later, 'SELECT txid_status(?) AS status', [
      begun?.id ?? null,
    ]);
    if (found?.status === 'committed') return true;
    if (found?.status === 'aborted') return false;
    throw new Error('The transaction has not ended');
  };
}
