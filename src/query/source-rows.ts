import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import { COLUMN_SLOTS, type Schema } from '../sources/schema';
import { isPostgres } from '../database/sql';
import type { NumberSet } from '../points/ascending-numbers';
import type { Place, PointStore, Range } from '../points/point-store';
import { othersOf, valueOf, type PackedPoint } from '../points/values';
import { PagePace } from './page-pace';

/** Bytes of points that one query prefetches, over all its data sources. */
export const BYTES_AHEAD = 16_777_216;
/** The size of a page of points that are filtered and not kept. */
const BYTES_LOOKED_AT = 1_048_576;
/** The smallest page with filters, which skip points. */
const LEAST_FILTERED = 64;
const MAX_PER_PAGE = 2000;
const PLACES_PER_PAGE = 64;
const BYTES_PER_POINT = 250;
/** A text of 1000 characters with its slot. */
const BYTES_PER_TEXT = 1100;
const BYTES_PER_VALUE = 30;

export interface RowsOptions {
  readonly range: Range;
  readonly sort: 'asc' | 'desc';
  /** Only points with a value of at least one of these fields; undefined for no filter. */
  readonly fields: Schema | undefined;
  /** Only points with metadata of these numbers; undefined for no filter. */
  readonly metas: NumberSet | undefined;
  /** The maximum number of rows of the whole answer. */
  readonly limit: number;
  /** The number of sources that are merged. */
  readonly sources: number;
  /** Bytes that all sources may prefetch together. */
  readonly bytesAhead: number;
  readonly yieldTurn: YieldTurn;
}

interface PageShare extends Pick<RowsOptions, 'limit' | 'sources'> {
  readonly metas?: unknown;
  readonly fields?: unknown;
}

/**
 * The points of one source in order. All sources of a query prefetch at most `bytesAhead` together, which limits their page size.
 * If even one point of each source may be too much, only the places of points are prefetched.
 *
 * @param after the place after which to start
 */
export function sourceRows(
  store: PointStore,
  manager: EntityManager,
  source: Source,
  options: RowsOptions,
  after: Place | undefined,
): SourceRows {
  const bytes = maxBytesOf(source.schema);
  const most = Math.floor(options.bytesAhead / options.sources / bytes);
  if (most >= 1) return new PagedRows(store, manager, source, options, after, Math.min(most, MAX_PER_PAGE));
  return new PlacedRows(store, manager, source, options, after, Math.max(1, Math.floor(BYTES_LOOKED_AT / bytes)));
}

/** The maximum size of the first page of each source. */
export function firstPageOf({ limit, sources, metas, fields }: PageShare): number {
  const least = metas || fields ? LEAST_FILTERED : 1;
  return Math.max(least, Math.ceil(limit / Math.max(1, sources)));
}

/** The points of a source in order. The place of the next point is always known. */
export abstract class SourceRows {
  /** The place of the next point; undefined at the end, and before the first `advance`. */
  next: Place | undefined;
  protected isAtEnd = false;

  constructor(
    protected readonly store: PointStore,
    protected readonly manager: EntityManager,
    readonly source: Source,
    protected readonly options: RowsOptions,
    protected after: Place | undefined,
  ) {}

  /** The point at `next`; undefined if it was deleted in the meantime. */
  abstract read(): PackedPoint | Promise<PackedPoint | undefined>;

  /** Moves to the next point. Returns a promise only if it has to read a page. */
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

/** Prefetches a page of points. */
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
    // On PostgreSQL the duration is that of the database, so pages always grow: a source that is read again is likely to be read further.
    this.size.took(isPostgres(this.manager) ? 0 : performance.now() - started);
    this.index = -1;
    return this.advance();
  }
}

/** Prefetches the places of points, and reads each point on demand. */
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

/** An upper bound of the bytes of a point with this schema. */
function maxBytesOf(schema: Schema): number {
  return schema.reduce((sum, { slot, type }) => {
    if (slot < COLUMN_SLOTS) return sum;
    return sum + (type === 'string' ? BYTES_PER_TEXT : BYTES_PER_VALUE);
  }, BYTES_PER_POINT);
}
