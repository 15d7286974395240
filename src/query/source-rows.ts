import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import { COLUMN_SLOTS, type Schema } from '../sources/schema';
import { isPostgres } from '../database/sql';
import type { NumberSet } from '../points/ascending-numbers';
import type { Place, PointStore, Range } from '../points/point-store';
import { othersOf, valueOf, type PackedPoint } from '../points/values';
import { PagePace } from './page-pace';

/** Bytes of points that one query reads ahead, all its data sources together. */
export const BYTES_AHEAD = 16_777_216;
/** A page of points that are looked at and not kept. */
const BYTES_LOOKED_AT = 1_048_576;
/** Where filters pass over points, a page should not be as small as the answer. */
const LEAST_FILTERED = 64;
const MOST_PER_PAGE = 2000;
const PLACES_PER_PAGE = 64;
const BYTES_PER_POINT = 250;
/** A text of 1000 characters with its slot; values of other types are short. */
const BYTES_PER_TEXT = 1100;
const BYTES_PER_VALUE = 30;

export interface RowsOptions {
  readonly range: Range;
  readonly sort: 'asc' | 'desc';
  /** Points must have a value of one of these, where that is asked for. */
  readonly fields: Schema | undefined;
  /** Points must have metadata of one of these numbers, where that is asked for. */
  readonly metas: NumberSet | undefined;
  /** How many rows the whole answer has at most. */
  readonly limit: number;
  /** How many sources it is merged from. */
  readonly sources: number;
  /** What all of these may read ahead together. */
  readonly bytesAhead: number;
  readonly yieldTurn: YieldTurn;
}

interface PageShare extends Pick<RowsOptions, 'limit' | 'sources'> {
  readonly metas?: unknown;
  readonly fields?: unknown;
}

/**
 * The points of one source in order. All sources of a query together read no more than `bytesAhead` ahead: their pages are
 * as small as that takes, and where one point of each may be too much, only its place is kept.
 *
 * @param after the place behind which they begin
 */
export function sourceRows(
  store: PointStore,
  manager: EntityManager,
  source: Source,
  options: RowsOptions,
  after: Place | undefined,
): SourceRows {
  const bytes = mostBytesOf(source.schema);
  const most = Math.floor(options.bytesAhead / options.sources / bytes);
  if (most >= 1) return new PagedRows(store, manager, source, options, after, Math.min(most, MOST_PER_PAGE));
  return new PlacedRows(store, manager, source, options, after, Math.max(1, Math.floor(BYTES_LOOKED_AT / bytes)));
}

/** How many points the first page of each source has at most. */
export function firstPageOf({ limit, sources, metas, fields }: PageShare): number {
  const least = metas || fields ? LEAST_FILTERED : 1;
  return Math.max(least, Math.ceil(limit / Math.max(1, sources)));
}

/** The points of a source in order, of which the next one's place is known. */
export abstract class SourceRows {
  /** Where the next point stands; nothing at the end, and before the first `advance`. */
  next: Place | undefined;
  protected isAtEnd = false;

  constructor(
    protected readonly store: PointStore,
    protected readonly manager: EntityManager,
    readonly source: Source,
    protected readonly options: RowsOptions,
    protected after: Place | undefined,
  ) {}

  /** The point at `next`; nothing where it was deleted meanwhile. */
  abstract read(): PackedPoint | Promise<PackedPoint | undefined>;

  /** Goes to the next point. A promise only where something has to be read. */
  abstract advance(): void | Promise<void>;

  protected passes(point: PackedPoint): boolean {
    const { metas, fields } = this.options;
    if (metas && !metas.has(point.meta)) return false;
    if (!fields) return true;
    const others = othersOf(point);
    return fields.some((field) => valueOf(field, point.columns, others) !== undefined);
  }

  protected async readPage(limit: number): Promise<PackedPoint[]> {
    const { range, sort } = this.options;
    const points = await this.store.read(this.manager, this.source, range, { limit, sort, after: this.after });
    this.noteEnd(points, limit);
    return points;
  }

  protected noteEnd(read: readonly Place[], limit: number): void {
    this.after = read.at(-1) ?? this.after;
    this.isAtEnd = read.length < limit;
  }
}

/** Keeps a page of points at a time. */
class PagedRows extends SourceRows {
  private page: readonly PackedPoint[] = [];
  private index = -1;
  private readonly size: PagePace;

  constructor(
    store: PointStore,
    manager: EntityManager,
    source: Source,
    options: RowsOptions,
    after: Place | undefined,
    most: number,
  ) {
    super(store, manager, source, options, after);
    this.size = new PagePace(firstPageOf(options), most);
  }

  read(): PackedPoint {
    return this.page[this.index] as PackedPoint;
  }

  advance(): void | Promise<void> {
    for (this.index++; this.index < this.page.length; this.index++) {
      const point = this.page[this.index] as PackedPoint;
      if (!this.passes(point)) continue;
      this.next = point;
      return;
    }
    this.next = undefined;
    if (!this.isAtEnd) return this.load();
  }

  private async load(): Promise<void> {
    await this.options.yieldTurn();
    const started = performance.now();
    this.page = await this.readPage(this.size.now);
    // On PostgreSQL that is the time of the database, not of this thread: a source that is asked again is likely to be asked more.
    this.size.took(isPostgres(this.manager) ? 0 : performance.now() - started);
    this.index = -1;
    return this.advance();
  }
}

/** Keeps the places of points, and reads each one when it is asked for. */
class PlacedRows extends SourceRows {
  private places: readonly Place[] = [];
  private index = -1;

  constructor(
    store: PointStore,
    manager: EntityManager,
    source: Source,
    options: RowsOptions,
    after: Place | undefined,
    private readonly lookedAt: number,
  ) {
    super(store, manager, source, options, after);
  }

  async read(): Promise<PackedPoint | undefined> {
    const { next } = this;
    if (!next) return undefined;
    const { range, sort } = this.options;
    const before = { at: next.at, meta: next.meta + (sort === 'asc' ? -1 : 1) };
    const [point] = await this.store.read(this.manager, this.source, range, { limit: 1, sort, after: before });
    return point?.at === next.at && point.meta === next.meta ? point : undefined;
  }

  advance(): void | Promise<void> {
    this.index += 1;
    this.next = this.places[this.index];
    if (!this.next && !this.isAtEnd) return this.load();
  }

  private async load(): Promise<void> {
    await this.options.yieldTurn();
    const { fields, metas, range, sort } = this.options;
    if (fields) {
      const points = await this.readPage(this.lookedAt);
      this.places = points.filter((point) => this.passes(point)).map(({ at, meta }) => ({ at, meta }));
    } else {
      const wanted = { limit: PLACES_PER_PAGE, sort, after: this.after };
      const places = await this.store.readPlaces(this.manager, this.source, range, wanted);
      this.noteEnd(places, PLACES_PER_PAGE);
      this.places = metas ? places.filter(({ meta }) => metas.has(meta)) : places;
    }
    this.index = -1;
    return this.advance();
  }
}

/** The most bytes that a point of a schema takes, or somewhat more. */
function mostBytesOf(schema: Schema): number {
  return schema.reduce((sum, { slot, type }) => {
    if (slot < COLUMN_SLOTS) return sum;
    return sum + (type === 'string' ? BYTES_PER_TEXT : BYTES_PER_VALUE);
  }, BYTES_PER_POINT);
}
