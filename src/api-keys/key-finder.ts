import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BucketsService } from '../buckets/buckets.service';
import type { YieldTurn } from '../common/http/yield';
import { comparisonOf, isByAge, type ListSort } from '../common/list-order';
import { afterUnknown, requireOneStart, type CursorQuery } from '../common/pagination';
import { findScanned, scanRows, type Scan } from '../database/scan-rows';
import { selectPage } from '../database/select-page';
import { query } from '../database/sql';
import type { ApiKey } from './api-key.entity';
import { isRestrictive, matcherOf, type FilteredKey, type KeyFilter } from './key-filter';
import { selectKeys } from './key-table';
import { asTheirKeys, SCANNED_WITH_SESSIONS } from './session-rows';
import type { KeyScope } from './new-key';

const READ_AT_ONCE = 100;

/** The keys of a list: those of a bucket, the Admin keys where `bucketId` is null, and all of the organization without it. */
export type KeyListScope = KeyScope | { readonly organizationId: string; readonly bucketId?: undefined };

/** The rows to skip and to return, and their order. */
export interface KeyPageQuery extends CursorQuery {
  readonly sort?: ListSort | undefined;
}

/** A page of keys. */
export interface KeyPage {
  readonly keys: readonly ApiKey[];
  /** The number of keys in the whole list. */
  readonly total: number;
  /** Whether more keys follow. */
  readonly hasMore: boolean;
}

/** The ids of a page, and one more id if the list continues. */
interface FoundIds {
  readonly ids: readonly string[];
  readonly total: number;
}

/** A key as lists filter and sort it. */
type ScannedKey = FilteredKey & Pick<ApiKey, 'id'>;

const COLUMNS = `id, name, type, hint, replaced_by AS "replacedBy", created_at AS "createdAt", last_used_at AS "lastUsedAt",
  deleted_at AS "deletedAt", retired_at AS "retiredAt", disabled_at AS "disabledAt", expires_at AS "expiresAt"`;
const IN_BUCKET = { bucket: ' AND bucket_id = ?', none: ' AND bucket_id IS NULL', any: '' };

/**
 * Lists the keys of a bucket or an organization, oldest first unless sorted, without deleted keys, and without session keys unless
 * the filter selects them.
 */
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
  async list(scope: KeyListScope, page: KeyPageQuery, filter: KeyFilter, yieldTurn: YieldTurn): Promise<KeyPage> {
    requireOneStart(page);
    await this.requireBucket(scope);
    const scan = scanOf(scope, filter);
    const place = page.after === undefined ? undefined : await this.placeOf(scan, page.after);
    const { ids, total } =
      isRestrictive(filter) || !isByAge(page.sort)
        ? await this.findMatching(scan, page, place, { filter, yieldTurn })
        : await this.findAll(scan, page, place);
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
    for await (const keys of scanRows<ScannedKey>(this.dataSource.manager, scanOf(scope, {}), yieldTurn))
      for (const key of keys) if (isWanted(key, now)) ids.push(key.id);
    return ids;
  }

  private async requireBucket({ organizationId, bucketId }: KeyListScope): Promise<void> {
    if (typeof bucketId === 'string') await this.buckets.get(organizationId, bucketId);
  }

  private async findAll(scan: Scan, page: KeyPageQuery, place: ScannedKey | undefined): Promise<FoundIds> {
    const { manager } = this.dataSource;
    const { limit, offset, sort = 'asc' } = page;
    const own = `FROM ${scan.from} AND ${scan.living ?? ''}`;
    const [counted] = await query<{ keys: number }>(manager, `SELECT count(*) AS keys ${own}`, scan.values);
    const isBehind = place ? ` AND (created_at, id) ${sort === 'desc' ? '<' : '>'} (?, ?)` : '';
    const rows = await query<{ id: string }>(
      manager,
      `SELECT id ${own}${isBehind} ORDER BY created_at ${sort}, id ${sort} LIMIT ? OFFSET ?`,
      [...scan.values, ...(place ? [place.createdAt, place.id] : []), limit + 1, offset],
    );
    return { ids: rows.map(({ id }) => id), total: counted?.keys ?? 0 };
  }

  /** Looks at all keys of the scope, because the reply contains the number of matching keys. */
  private async findMatching(
    scan: Scan,
    { limit, offset, sort }: KeyPageQuery,
    place: ScannedKey | undefined,
    { filter, yieldTurn }: { readonly filter: KeyFilter; readonly yieldTurn: YieldTurn },
  ): Promise<FoundIds> {
    const compare = comparisonOf(sort);
    const isBehind = place && ((key: ScannedKey) => compare(key, place) > 0);
    const selection = { matches: matcherOf(filter, Date.now()), compare, isBehind, offset, limit: limit + 1 };
    const keys = scanRows<ScannedKey>(this.dataSource.manager, scan, yieldTurn);
    const { rows, total } = await selectPage(keys, selection, yieldTurn);
    return { ids: rows.map(({ id }) => id), total };
  }

  private async read(ids: readonly string[], yieldTurn: YieldTurn): Promise<ApiKey[]> {
    const keys = new Map<string, ApiKey>();
    for (let start = 0; start < ids.length; start += READ_AT_ONCE) {
      if (start > 0) await yieldTurn();
      const { manager } = this.dataSource;
      const read = await asTheirKeys(manager, await selectKeys(manager, ids.slice(start, start + READ_AT_ONCE)));
      for (const key of read) if (key.deletedAt === null) keys.set(key.id, key);
    }
    return ids.flatMap((id) => keys.get(id) ?? []);
  }

  /** The position of a key, which may be deleted. */
  private async placeOf(scan: Scan, id: string): Promise<ScannedKey> {
    const found = await findScanned<ScannedKey>(this.dataSource.manager, scan, id);
    if (!found) throw afterUnknown();
    return found;
  }
}

function scanOf({ organizationId, bucketId }: KeyListScope, { sessions = false }: Pick<KeyFilter, 'sessions'>): Scan {
  const reach = bucketId === undefined ? 'any' : bucketId === null ? 'none' : 'bucket';
  const values = typeof bucketId === 'string' ? [organizationId, bucketId] : [organizationId];
  const from = `api_keys WHERE organization_id = ?${IN_BUCKET[reach]}`;
  if (sessions) return { columns: SCANNED_WITH_SESSIONS, from, living: 'deleted_at IS NULL', values };
  return { columns: COLUMNS, from, living: 'deleted_at IS NULL AND session_of IS NULL', values };
}
