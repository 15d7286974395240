import type { EntityManager } from 'typeorm';
import { query } from '../database/sql';
import type { ApiKey } from './api-key.entity';
import type { HeldLine } from './key-lines';

/** Lines of some ten thousand rotations are followed to their end; beyond that a key counts as a descendant. */
const MOST_STEPS = 10_000;

/** The living keys of a line that a key was rotated into, directly or through others, oldest first. */
export async function livingDescendants(manager: EntityManager, { lineId, key, living }: HeldLine): Promise<ApiKey[]> {
  const others = living.filter(({ id }) => id !== key.id);
  if (others.length === 0 || key.id === lineId) return others;
  const replacedBy = await ancestry(manager, others, key.id);
  return others.filter((other) => isMadeFrom(key.id, other, lineId, replacedBy));
}

/** What each of these keys and of the keys before them replaces, up to one of them. */
async function ancestry(manager: EntityManager, keys: readonly ApiKey[], upTo: string): Promise<Map<string, string>> {
  const marks = keys.map(() => '?').join(', ');
  const steps = await query<{ id: string; replaces: string }>(
    manager,
    `WITH RECURSIVE up (id, replaces) AS (
        SELECT id, replaces FROM api_keys WHERE id IN (${marks}) AND replaces IS NOT NULL
        UNION SELECT k.id, k.replaces FROM up JOIN api_keys k ON k.id = up.replaces
          WHERE up.replaces <> ? AND k.replaces IS NOT NULL
      ) SELECT id, replaces FROM up LIMIT ${MOST_STEPS}`,
    [...keys.map(({ id }) => id), upTo],
  );
  return new Map(steps.map(({ id, replaces }) => [id, replaces]));
}

function isMadeFrom(id: string, key: ApiKey, first: string, replaced: ReadonlyMap<string, string>): boolean {
  for (let at = key.id; at !== first;) {
    const before = replaced.get(at);
    if (before === undefined || before === id) return true;
    at = before;
  }
  return false;
}
