import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BucketsService } from '../buckets/buckets.service';
import type { YieldTurn } from '../common/http/yield';
import { afterUnknown, requireOneStart, type CursorQuery } from '../common/pagination';
import { query, type SqlValue } from '../database/sql';
import type { ApiKey } from './api-key.entity';
import { isRestrictive, matcherOf, type FilteredKey, type KeyFilter } from './key-filter';
import { selectKeys } from './key-table';
import type { KeyScope } from './new-key';

/** This many rows are read and filtered within one or two milliseconds. */
const SCANNED_AT_ONCE = 500;
const READ_AT_ONCE = 100;

/** A page of keys. */
export interface KeyPage {
  readonly keys: readonly ApiKey[];
  /** The number of keys in the whole list. */
  readonly total: number;
  /** Whether more keys follow. */
  readonly hasMore: boolean;
}

/** The position of a key in the order of a list. */
interface Place {
  readonly createdAt: number;
  readonly id: string;
}

const START: Place = { createdAt: -1, id: '' };

/** The ids of a page, and one more id if the list continues. */
interface FoundIds {
  readonly ids: readonly string[];
  readonly total: number;
}

type ScannedKey = FilteredKey & Place;

const SCANNED = `id, name, type, hint, replaced_by AS "replacedBy", created_at AS "createdAt", last_used_at AS "lastUsedAt",
  deleted_at AS "deletedAt", retired_at AS "retiredAt", disabled_at AS "disabledAt", expires_at AS "expiresAt"`;
const keysIn = ({ bucketId }: KeyScope) =>
  `FROM api_keys WHERE organization_id = ? AND bucket_id ${bucketId === null ? 'IS NULL' : '= ?'}`;
const BEHIND = 'AND deleted_at IS NULL AND (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?';

/** Lists the keys of a bucket or an organization, oldest first, without deleted keys. */
@Injectable()
export class KeyFinder {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketsService,
  ) {}

  /**
   * Returns one page of the keys that match a filter.
   *
   * @throws ApiError `BUCKET_NOT_FOUND`; 400 for an `after` that was never a key of the scope
   */
  async list(scope: KeyScope, page: CursorQuery, filter: KeyFilter, yieldTurn: YieldTurn): Promise<KeyPage> {
    requireOneStart(page);
    await this.requireBucket(scope);
    const place = page.after === undefined ? START : await this.placeOf(scope, page.after);
    const { ids, total } = isRestrictive(filter)
      ? await this.findMatching(scope, page, place, { filter, yieldTurn })
      : await this.findAll(scope, page, place);
    const keys = await this.read(ids.slice(0, page.limit), yieldTurn);
    return { keys, total, hasMore: ids.length > page.limit };
  }

  /**
   * Returns the ids of the matching keys, oldest first.
   *
   * @throws ApiError `BUCKET_NOT_FOUND`
   */
  async findIds(
    scope: KeyScope,
    isWanted: (key: FilteredKey, nowMillis: number) => boolean,
    yieldTurn: YieldTurn,
  ): Promise<string[]> {
    await this.requireBucket(scope);
    const ids: string[] = [];
    const now = Date.now();
    for await (const keys of this.scan(scope, yieldTurn))
      for (const key of keys) if (isWanted(key, now)) ids.push(key.id);
    return ids;
  }

  private async requireBucket({ organizationId, bucketId }: KeyScope): Promise<void> {
    if (bucketId !== null) await this.buckets.get(organizationId, bucketId);
  }

  private async findAll(scope: KeyScope, { limit, offset }: CursorQuery, place: Place): Promise<FoundIds> {
    const { manager } = this.dataSource;
    const of = valuesOf(scope);
    const counting = `SELECT count(*) AS keys ${keysIn(scope)} AND deleted_at IS NULL`;
    const [counted] = await query<{ keys: number }>(manager, counting, of);
    const reading = `SELECT id ${keysIn(scope)} ${BEHIND} OFFSET ?`;
    const rows = await query<Place>(manager, reading, [...of, place.createdAt, place.id, limit + 1, offset]);
    return { ids: rows.map(({ id }) => id), total: counted?.keys ?? 0 };
  }

  /** Reads all keys of the scope in slices, because the reply contains the number of matching keys. */
  private async findMatching(
    scope: KeyScope,
    { limit, offset }: CursorQuery,
    place: Place,
    { filter, yieldTurn }: { readonly filter: KeyFilter; readonly yieldTurn: YieldTurn },
  ): Promise<FoundIds> {
    const matches = matcherOf(filter, Date.now());
    const ids: string[] = [];
    let total = 0;
    let behind = 0;
    for await (const keys of this.scan(scope, yieldTurn)) {
      for (const key of keys) {
        if (!matches(key)) continue;
        total += 1;
        if (!isBehind(key, place)) continue;
        behind += 1;
        if (behind > offset && ids.length <= limit) ids.push(key.id);
      }
    }
    return { ids, total };
  }

  private async *scan(scope: KeyScope, yieldTurn: YieldTurn): AsyncGenerator<readonly ScannedKey[]> {
    const sql = `SELECT ${SCANNED} ${keysIn(scope)} ${BEHIND}`;
    for (let last: Place | undefined = START; last;) {
      const values: SqlValue[] = [...valuesOf(scope), last.createdAt, last.id, SCANNED_AT_ONCE];
      const rows: ScannedKey[] = await query<ScannedKey>(this.dataSource.manager, sql, values);
      yield rows;
      last = rows.length < SCANNED_AT_ONCE ? undefined : rows.at(-1);
      await yieldTurn();
    }
  }

  private async read(ids: readonly string[], yieldTurn: YieldTurn): Promise<ApiKey[]> {
    const keys = new Map<string, ApiKey>();
    for (let start = 0; start < ids.length; start += READ_AT_ONCE) {
      if (start > 0) await yieldTurn();
      const read = await selectKeys(this.dataSource.manager, ids.slice(start, start + READ_AT_ONCE));
      for (const key of read) if (key.deletedAt === null) keys.set(key.id, key);
    }
    return ids.flatMap((id) => keys.get(id) ?? []);
  }

  /** The position of a key, which may be deleted. */
  private async placeOf(scope: KeyScope, id: string): Promise<Place> {
    const sql = `SELECT created_at AS "createdAt" ${keysIn(scope)} AND id = ?`;
    const [found] = await query<{ createdAt: number }>(this.dataSource.manager, sql, [...valuesOf(scope), id]);
    if (!found) throw afterUnknown();
    return { createdAt: found.createdAt, id };
  }
}

function valuesOf({ organizationId, bucketId }: KeyScope): SqlValue[] {
  return bucketId === null ? [organizationId] : [organizationId, bucketId];
}

function isBehind({ createdAt, id }: Place, place: Place): boolean {
  return createdAt > place.createdAt || (createdAt === place.createdAt && id > place.id);
}
