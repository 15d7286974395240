import type { EntityManager } from 'typeorm';
import { query } from '../database/sql';
import type { ApiKey } from './api-key.entity';
import type { LockedLine } from './locked-lines';
import { marksFor } from './key-table';

/** Rotation lines with up to this many keys are followed completely. In longer lines every key counts as a descendant. */
const MAX_STEPS = 10_000;

/** The active keys of a rotation line that a key was rotated into, directly or through other keys, oldest first. */
export function livingDescendants(manager: EntityManager, line: LockedLine): Promise<ApiKey[]> {
  return livingDescendantsOf(manager, [line]);
}

/** The same for several keys, line by line. Each descendant is listed once, and never one of the keys themselves. */
export async function livingDescendantsOf(manager: EntityManager, lines: readonly LockedLine[]): Promise<ApiKey[]> {
  const named = new Set(lines.map(({ key }) => key.id));
  const others = new Map<string, ApiKey>();
  const certain = new Set<string>();
  for (const { lineId, key, living } of lines)
    for (const one of living) {
      if (named.has(one.id)) continue;
      others.set(one.id, one);
      // Every key of a line descends from its first key.
      if (key.id === lineId) certain.add(one.id);
    }
  const questionable = [...others.values()].filter(({ id }) => !certain.has(id));
  const replaced =
    questionable.length > 0 ? await ancestry(manager, questionable, [...named]) : new Map<string, string>();
  return [...others.values()].filter((key) => certain.has(key.id) || isMadeFrom(named, key, replaced));
}

/** What each of these keys and their predecessors replaces, up to any of the keys in `upTo`. */
async function ancestry(
  manager: EntityManager,
  keys: readonly ApiKey[],
  upTo: readonly string[],
): Promise<Map<string, string>> {
  const steps = await query<{ id: string; replaces: string }>(
    manager,
    `WITH RECURSIVE up (id, replaces) AS (
        SELECT id, replaces FROM api_keys WHERE id IN (${marksFor(keys)}) AND replaces IS NOT NULL
        UNION SELECT k.id, k.replaces FROM up JOIN api_keys k ON k.id = up.replaces
          WHERE up.replaces NOT IN (${marksFor(upTo)}) AND k.replaces IS NOT NULL
      ) SELECT id, replaces FROM up LIMIT ${MAX_STEPS}`,
    [...keys.map(({ id }) => id), ...upTo],
  );
  return new Map(steps.map(({ id, replaces }) => [id, replaces]));
}

/** The first key of a rotation line replaces no key, so the walk ends there. */
function isMadeFrom(ids: ReadonlySet<string>, { id, lineId }: ApiKey, replaced: ReadonlyMap<string, string>): boolean {
  for (let at = id; at !== lineId;) {
    const before = replaced.get(at);
    if (before === undefined || ids.has(before)) return true;
    at = before;
  }
  return false;
}
