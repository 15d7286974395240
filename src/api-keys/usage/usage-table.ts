import { DataSource, type EntityManager } from 'typeorm';
import { redactKeys } from '../../common/redact';
import { bulkAdd } from '../../database/bulk-insert';
import { isPostgres, query, rowLock, type SqlValue } from '../../database/sql';
import type { Writer } from '../../database/writer';
import { KeyUsage } from './key-usage.entity';
import { LineUsage } from './line-usage.entity';
import type { UsageCounter } from './usage-counters';

const ROWS_PER_STEP = 1000;
/** This many rows are read within a few milliseconds. */
const ROWS_PER_PAGE = 2000;
/** The tables with a row for each day, and the other column of their primary key. */
const TABLES = [
  ['key_usage', 'key_id'],
  ['line_usage', 'line_id'],
] as const;
const LONGEST_ADDRESS = 45;
export const LONGEST_USER_AGENT = 200;

/** The usage of a key on one day. */
export interface DayCounts {
  readonly day: number;
  readonly requests: number;
  readonly refusals: number;
  readonly points: number;
}

/** When a key was last used, and from where. */
export interface LastUse {
  readonly lastUsedAt: number | null;
  readonly lastAddress: string | null;
  readonly lastUserAgent: string | null;
}

/** The usage of keys in the database: a row for each day and key, and the last use in the row of the key. */
export class UsageTable {
  private readonly manager: EntityManager;

  constructor(
    private readonly writer: Writer,
    dataSource: DataSource,
  ) {
    this.manager = dataSource.manager;
  }

  /** Small enough that a slice blocks other writes on SQLite for a few milliseconds. On PostgreSQL it blocks none. */
  get keysPerSlice(): number {
    return isPostgres(this.manager) ? 1000 : 250;
  }

  /** Adds usage in one transaction. The last use only moves forward. */
  async add(day: number, counters: readonly (readonly [keyId: string, counter: UsageCounter])[]): Promise<void> {
    await this.writer.write(
      async (manager) => {
        // A power failure loses the counts in memory anyway.
        if (isPostgres(manager)) await query(manager, 'SET LOCAL synchronous_commit TO OFF', []);
        await writeLastUses(manager, counters);
        const ofKeys = counters.map(([keyId, { requests, refusals, points }]) => ({
          day,
          keyId,
          requests,
          refusals,
          points,
        }));
        await bulkAdd(manager, KeyUsage, ofKeys);
        const ofLines = linesOf(counters).map(([lineId, requests]) => ({ day, lineId, requests }));
        await bulkAdd(manager, LineUsage, ofLines);
      },
      { countsUp: true },
    );
  }

  /** The requests of a rotation line on these days: those of its first key and of all its replacements. */
  async requestsOfLine(lineId: string, days: readonly number[]): Promise<number> {
    const [found] = await query<{ requests: number }>(
      this.manager,
      `SELECT (SELECT coalesce(sum(requests), 0) FROM key_usage WHERE key_id = ? AND day IN (${rows('?', days)}))
        + (SELECT coalesce(sum(requests), 0) FROM line_usage WHERE line_id = ? AND day IN (${rows('?', days)})) AS requests`,
      [lineId, ...days, lineId, ...days],
    );
    return found?.requests ?? 0;
  }

  /** The usage of a key on these days, without days on which it was not used. */
  async read(keyId: string, days: readonly number[]): Promise<DayCounts[]> {
    const sql = `SELECT day, requests, refusals, points FROM key_usage WHERE key_id = ? AND day IN (${rows('?', days)})`;
    return query<DayCounts>(this.manager, sql, [keyId, ...days]);
  }

  /** The usage of several keys on these days, for a few milliseconds' worth of keys times days. */
  async readMany(keyIds: readonly string[], days: readonly number[]): Promise<(DayCounts & { keyId: string })[]> {
    return query<DayCounts & { keyId: string }>(
      this.manager,
      `SELECT key_id AS "keyId", day, requests, refusals, points FROM key_usage
        WHERE key_id IN (${rows('?', keyIds)}) AND day IN (${rows('?', days)})`,
      [...keyIds, ...days],
    );
  }

  /** The requests of an organization's keys on one day. */
  async requestsOf(organizationId: string, day: number, yieldTurn: () => Promise<void>): Promise<number> {
    let requests = 0;
    for (let after = ''; ;) {
      const [page] = await query<{ requests: number; keys: number; last: string | null }>(
        this.manager,
        `SELECT coalesce(sum(CASE WHEN k.organization_id = ? THEN u.requests ELSE 0 END), 0) AS requests,
          count(*) AS keys, max(u.key_id) AS last
          FROM (SELECT key_id, requests FROM key_usage WHERE day = ? AND key_id > ? ORDER BY key_id LIMIT ${ROWS_PER_PAGE}) AS u
          LEFT JOIN api_keys k ON k.id = u.key_id`,
        [organizationId, day, after],
      );
      requests += page?.requests ?? 0;
      if (!page || page.keys < ROWS_PER_PAGE) return requests;
      after = page.last ?? after;
      await yieldTurn();
    }
  }

  async readLastUse(keyId: string): Promise<LastUse | undefined> {
    const [found] = await query<LastUse>(
      this.manager,
      `SELECT last_used_at AS "lastUsedAt", last_address AS "lastAddress", last_user_agent AS "lastUserAgent"
        FROM api_keys WHERE id = ?`,
      [keyId],
    );
    return found;
  }

  /** Removes the rows of earlier days in short transactions, while `next` returns true. */
  async removeBefore(day: number, next: () => boolean): Promise<void> {
    for (const [table, id] of TABLES) {
      const removeNext = (manager: EntityManager) => removeSome(manager, table, id, day);
      // Usually there is nothing to remove, so no write is needed.
      if ((await query(this.manager, `SELECT 1 FROM ${table} WHERE day < ? LIMIT 1`, [day])).length === 0) continue;
      while (next() && (await this.writer.write(removeNext, { serializeOn: 'removal of key usage' })));
    }
  }
}

/** The last use of a counter, in a form that can be stored. */
export function lastUseOf({ lastUsedAt, lastAddress, lastUserAgent = '' }: UsageCounter): LastUse {
  return {
    lastUsedAt,
    lastAddress: storable(lastAddress, LONGEST_ADDRESS),
    lastUserAgent: storable(lastUserAgent, LONGEST_USER_AGENT),
  };
}

/** PostgreSQL rejects U+0000. Keys are redacted, because a client may send its key as the user agent. */
function storable(text: string, maxLength: number): string | null {
  return redactKeys(text).slice(0, maxLength).replaceAll('\0', '') || null;
}

async function writeLastUses(
  manager: EntityManager,
  counters: readonly (readonly [string, UsageCounter])[],
): Promise<void> {
  const lock = rowLock(manager, 'UPDATE');
  // Newest first, in the same order as rotations lock keys: different orders could deadlock.
  if (lock)
    await query(
      manager,
      `SELECT id FROM api_keys WHERE id IN (${rows('?', counters)}) ORDER BY id DESC${lock}`,
      counters.map(([id]) => id),
    );
  await query(
    manager,
    `UPDATE api_keys SET last_used_at = CAST(seen.column2 AS bigint), last_address = seen.column3,
      last_user_agent = seen.column4 FROM (VALUES ${rows('(?, ?, ?, ?)', counters)}) AS seen WHERE api_keys.id = seen.column1
      AND CAST(seen.column2 AS bigint) > COALESCE(last_used_at, 0)`,
    counters.flatMap(([id, counter]): SqlValue[] => {
      const { lastUsedAt, lastAddress, lastUserAgent } = lastUseOf(counter);
      return [id, lastUsedAt, lastAddress, lastUserAgent];
    }),
  );
}

/** The requests of a slice for each line, sorted, because different orders on two instances could deadlock. */
function linesOf(counters: readonly (readonly [string, UsageCounter])[]): [lineId: string, requests: number][] {
  const lines = new Map<string, number>();
  for (const [, { lineId, requests }] of counters)
    if (lineId !== undefined) lines.set(lineId, (lines.get(lineId) ?? 0) + requests);
  return [...lines].sort(([one], [other]) => (one < other ? -1 : 1));
}

/** @returns whether there is more to remove */
async function removeSome(manager: EntityManager, table: string, id: string, day: number): Promise<boolean> {
  const [next] = await query<{ day: number; id: string }>(
    manager,
    `SELECT day, ${id} AS id FROM ${table} WHERE day < ? ORDER BY day, ${id} LIMIT 1 OFFSET ${ROWS_PER_STEP}`,
    [day],
  );
  if (next) await query(manager, `DELETE FROM ${table} WHERE (day, ${id}) < (?, ?)`, [next.day, next.id]);
  else await query(manager, `DELETE FROM ${table} WHERE day < ?`, [day]);
  return next !== undefined;
}

function rows(row: string, values: readonly unknown[]): string {
  return values.map(() => row).join(', ');
}
