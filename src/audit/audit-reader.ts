import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import type { Action } from '../common/audit-event';
import type { YieldTurn } from '../common/http/yield';
import { afterUnknown, requireOneStart, type NewestFirstQuery, type Sort } from '../common/pagination';
import { findCountedPage, type CountedPage } from '../database/counted-page';
import { findInSlices } from '../database/find-in-slices';
import { query, type SqlValue } from '../database/sql';
import { AuditLog, cutOf } from './audit-log';
import { AuditRow } from './audit-row.entity';
import { AuditTotals } from './audit-totals';

/** A filter for events. The time range is half open, in milliseconds since 1970. */
export interface AuditFilter {
  readonly action?: Action | undefined;
  readonly actorId?: string | undefined;
  readonly targetId?: string | undefined;
  readonly bucketId?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

type AuditPage = CountedPage<AuditRow>;
/** Positions of events in the log. */
type FoundPlaces = CountedPage<number>;

interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The page to read. */
interface Wanted {
  readonly organizationId: string;
  readonly sort: Sort;
  /** Exclusive. */
  readonly start: number;
  readonly offset: number;
  readonly limit: number;
}

/** Rows that are filtered within two or three milliseconds. */
const COMPARED_AT_ONCE = 2000;
/** After a filtered page is full, the total is counted over at most this many rows. */
export const MAX_COMPARED_EVENTS = 100_000;
const BOUNDS = { comparedPerSlice: COMPARED_AT_ONCE, maxCompared: MAX_COMPARED_EVENTS };

const COLUMNS = { action: 'action', actorId: 'actor_id', targetId: 'target_id', bucketId: 'bucket_id' } as const;
const FIND_PLACE = 'SELECT seq FROM audit_log WHERE id = ? AND organization_id = ?';
const FIRST_ID = 'SELECT id FROM audit_log WHERE seq > ? ORDER BY seq LIMIT 1';

/** Reads the audit events of an organization. */
@Injectable()
export class AuditReader {
  constructor(
    @InjectRepository(AuditRow) private readonly rows: Repository<AuditRow>,
    private readonly log: AuditLog,
    private readonly totals: AuditTotals,
  ) {}

  /**
   * Returns one page, newest first by default.
   *
   * @throws ValidationError for an `after` that was never in the list, and for `after` together with `offset`
   */
  async list(
    organizationId: string,
    filter: AuditFilter,
    page: NewestFirstQuery,
    yieldTurn: YieldTurn,
  ): Promise<AuditPage> {
    requireOneStart(page);
    const { after, limit, offset, sort = 'desc' } = page;
    const start = after === undefined ? edgeOf(sort) : await this.placeOf(organizationId, after);
    const wanted = { organizationId, sort, start, offset, limit };
    const condition = conditionOf(filter);
    const { rows: places, ...found } = condition
      ? await this.findMatching(wanted, condition, yieldTurn)
      : await this.findAny(wanted, yieldTurn);
    const options = { where: { seq: In([...places]) }, order: { seq: sort }, take: limit } as const;
    const rows = places.length === 0 ? [] : await findInSlices(this.rows.manager, AuditRow, options, yieldTurn, 'seq');
    return { ...found, rows };
  }

  private async findAny(
    { organizationId, sort, start, offset, limit }: Wanted,
    yieldTurn: YieldTurn,
  ): Promise<FoundPlaces> {
    const sql = `SELECT seq FROM audit_log WHERE organization_id = ? AND seq ${inOrder(sort)} LIMIT ? OFFSET ?`;
    const values = [organizationId, start, limit + 1, offset];
    const places = (await query<{ seq: number }>(this.rows.manager, sql, values)).map(({ seq }) => seq);
    const total = await this.totals.of(organizationId, yieldTurn);
    return { rows: places.slice(0, limit), hasMore: places.length > limit, total, isTotalExact: true };
  }

  /** Filters rows from `start` until the page is full. The total includes the rows before `start`. */
  private findMatching(wanted: Wanted, condition: Condition, yieldTurn: YieldTurn): Promise<FoundPlaces> {
    const edge = edgeOf(wanted.sort);
    const whole = wanted.start === edge ? undefined : this.scan({ ...wanted, start: edge }, condition, yieldTurn);
    const page = this.scan(wanted, condition, yieldTurn);
    return findCountedPage({ page, whole, ...BOUNDS }, wanted);
  }

  /** The positions of matching rows, one slice of the log at a time. */
  private async *scan(
    { organizationId, sort, start }: Wanted,
    condition: Condition,
    yieldTurn: YieldTurn,
  ): AsyncGenerator<readonly number[], void> {
    const { manager } = this.rows;
    const own = 'SELECT seq FROM audit_log WHERE organization_id = ? AND seq';
    const end = `${own} ${inOrder(sort)} LIMIT 1 OFFSET ${COMPARED_AT_ONCE - 1}`;
    const [isBehind, isBefore] = sort === 'desc' ? ['<', '>='] : ['>', '<='];
    const matching = `${own} ${isBehind} ? AND seq ${isBefore} ? AND ${condition.sql} ORDER BY seq ${sort}`;
    for (let last = start; ;) {
      const [found] = await query<{ seq: number }>(manager, end, [organizationId, last]);
      const to = found ? found.seq : edgeOf(sort === 'desc' ? 'asc' : 'desc');
      const values = [organizationId, last, to, ...condition.values];
      yield (await query<{ seq: number }>(manager, matching, values)).map(({ seq }) => seq);
      if (!found) return;
      last = to;
      await yieldTurn();
    }
  }

  /** The position of an event; before the log for an event that was removed because of its age. */
  private async placeOf(organizationId: string, id: string): Promise<number> {
    const { manager } = this.rows;
    const [found] = await query<{ seq: number }>(manager, FIND_PLACE, [id, organizationId]);
    if (found) return found.seq;
    const head = await this.log.findHead(manager);
    const cut = head ? cutOf(head).count : 0;
    const [first] = cut === 0 ? [] : await query<{ id: string }>(manager, FIRST_ID, [cut]);
    if (!first || secondOf(id) > secondOf(first.id)) throw afterUnknown();
    return cut;
  }
}

/** The part of an id that contains its time. */
function secondOf(id: string): string {
  return id.slice(0, 8);
}

/** A position outside of the log, before the first row of a list. */
function edgeOf(sort: Sort): number {
  return sort === 'desc' ? Number.MAX_SAFE_INTEGER : 0;
}

function inOrder(sort: Sort): string {
  return `${sort === 'desc' ? '<' : '>'} ? ORDER BY seq ${sort}`;
}

/** The condition of a filter; undefined if every row matches. */
function conditionOf(filter: AuditFilter): Condition | undefined {
  const { from, to } = filter;
  const parts: (readonly [string, SqlValue | undefined])[] = [
    ...(['action', 'actorId', 'targetId', 'bucketId'] as const).map(
      (name) => [`${COLUMNS[name]} = ?`, filter[name]] as const,
    ),
    ['at >= ?', from],
    ['at < ?', to],
  ];
  const given = parts.filter((part): part is readonly [string, SqlValue] => part[1] !== undefined);
  if (given.length === 0) return undefined;
  return { sql: given.map(([sql]) => sql).join(' AND '), values: given.map(([, value]) => value) };
}
