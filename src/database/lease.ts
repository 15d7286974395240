import { DataSource } from 'typeorm';
import { newId } from '../common/ids';
import { isPostgres, query, type SqlValue } from './sql';
import type { Writer } from './writer';

/** Kinds of work that only one instance does at a time. */
export const LEASE_NAMES = { upkeep: 'upkeep' } as const;
export type LeaseName = (typeof LEASE_NAMES)[keyof typeof LEASE_NAMES];

/** When a lease expires unless it is renewed, by the database's clock. */
export const LEASE_MILLIS = 24_000;
/** The holder stops this much earlier, by its monotonic clock. */
const MARGIN_MILLIS = 4000;
const RENEW_AFTER_MILLIS = 8000;

/** A lease that expires later than this shows that the clock was set back: it counts as free. */
const LATEST_END_MILLIS = 2 * LEASE_MILLIS;

const IS_FREE = (now: string) => `leases.expires_at <= ${now} OR leases.expires_at > ${now} + ${LATEST_END_MILLIS}`;
const FIND = (now: string) => `SELECT 1 AS found FROM leases WHERE name = ? AND holder <> ? AND NOT (${IS_FREE(now)})`;
const TAKE = (now: string) => `INSERT INTO leases (name, holder, expires_at) VALUES (?, ?, ${now} + ${LEASE_MILLIS})
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
  WHERE leases.holder = excluded.holder OR ${IS_FREE(now)} RETURNING holder`;
const RELEASE = 'UPDATE leases SET expires_at = 0 WHERE name = ? AND holder = ?';

/** Milliseconds since 1970, by the clock that all instances share. */
const POSTGRES_NOW = 'CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)';
const SQLITE_NOW = `CAST((julianday('now') - 2440587.5) * 86400000 AS integer)`;

/**
 * A lease avoids duplicate work but does not fence: an instance that was frozen may finish its current step after it wakes up.
 * So each step must be safe to run concurrently with those of the next holder.
 */
export class Lease {
  private readonly holder = newId();
  private renewedAt = -Infinity;

  constructor(
    private readonly name: LeaseName,
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
  ) {}

  /** Whether this instance may take its next step. */
  get isHeld(): boolean {
    return performance.now() - this.renewedAt < LEASE_MILLIS - MARGIN_MILLIS;
  }

  /**
   * Acquires the lease if it is free, or renews it if this instance holds it and a renewal is due.
   *
   * @returns whether the database was written to
   */
  async keep(): Promise<boolean> {
    const { manager } = this.dataSource;
    const own: SqlValue[] = [this.name, this.holder];
    const now = isPostgres(manager) ? POSTGRES_NOW : SQLITE_NOW;
    if (this.isHeld && performance.now() - this.renewedAt < RENEW_AFTER_MILLIS) return false;
    if (!this.isHeld && (await query(manager, FIND(now), own)).length > 0) return false;
    const askedAt = performance.now();
    const taken = await this.writer.write((each) => query(each, TAKE(now), own));
    this.renewedAt = taken.length > 0 ? askedAt : -Infinity;
    return true;
  }

  /** Releases the lease, so that another instance acquires it at its next poll. */
  async release(): Promise<void> {
    if (this.renewedAt === -Infinity) return;
    this.renewedAt = -Infinity;
    await this.writer.write((manager) => query(manager, RELEASE, [this.name, this.holder]));
  }
}
