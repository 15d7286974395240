import type { QueryRow } from './query-answer';
import { Series, type Size } from './series';

/** The total of the columns of an answer. */
export interface ColumnsSize extends Size {
  series: number;
}

/** One field, or its aggregations by name. */
type FieldColumns = Series | Map<string, Series>;

/** The rows of one data source by column, in the order in which they were added. */
export class SourceColumns {
  private rows = 0;
  private readonly timestamps: Series;
  private readonly ids: Series | undefined;
  private readonly counts: Series | undefined;
  /** The metadata of raw points, from the first point that has any. */
  private metadata: Series | undefined;
  private readonly fields = new Map<string, FieldColumns>();

  /** @param first the first row, which shows what the others have as well. It is not added */
  constructor(
    private readonly first: QueryRow,
    private readonly size: ColumnsSize,
  ) {
    this.timestamps = this.newSeries();
    if (first._id !== undefined) this.ids = this.newSeries();
    if (first.count !== undefined) this.counts = this.newSeries();
  }

  add({ _id, timestamp, count, values, metadata }: QueryRow): void {
    const at = this.rows;
    this.rows += 1;
    this.ids?.set(at, _id);
    this.timestamps.set(at, timestamp);
    this.counts?.set(at, count);
    for (const [field, value] of Object.entries(values))
      if (isAggregated(value)) this.addAggregated(field, value, at);
      else this.seriesOf(field).set(at, value);
    if (metadata === undefined || metadata === null) return;
    this.metadata ??= this.newSeries();
    this.metadata.set(at, metadata);
  }

  /** Ends all columns. Rows without a value have null. */
  finish(): void {
    for (const series of this.all()) series.finish(this.rows);
  }

  /** The JSON of the finished entry, in pieces. */
  *json(): Generator<string> {
    const { dataSourceId, dataSource } = this.first;
    yield `{"dataSourceId":${JSON.stringify(dataSourceId)}`;
    if (dataSource !== undefined) yield `,"dataSource":${JSON.stringify(dataSource)}`;
    yield* this.named(',"ids"', this.ids);
    yield* this.named(',"timestamps"', this.timestamps);
    yield* this.named(',"counts"', this.counts);
    yield ',"values":{';
    let separator = '';
    for (const [field, columns] of this.fields) {
      const name = `${separator}${JSON.stringify(field)}`;
      if (columns instanceof Series) yield* this.named(name, columns);
      else yield* this.aggregated(name, columns);
      separator = ',';
    }
    yield '}';
    yield* this.named(',"metadata"', this.metadata);
    yield '}';
  }

  private *all(): Generator<Series> {
    for (const series of [this.ids, this.timestamps, this.counts, this.metadata]) if (series) yield series;
    for (const columns of this.fields.values())
      if (columns instanceof Series) yield columns;
      else yield* columns.values();
  }

  private *aggregated(name: string, columns: ReadonlyMap<string, Series>): Generator<string> {
    yield `${name}:{`;
    let separator = '';
    for (const [aggregation, series] of columns) {
      yield* this.named(`${separator}"${aggregation}"`, series);
      separator = ',';
    }
    yield '}';
  }

  private *named(name: string, series: Series | undefined): Generator<string> {
    if (!series) return;
    yield `${name}:[`;
    yield* series.json();
    yield ']';
  }

  private addAggregated(field: string, values: Readonly<Record<string, unknown>>, at: number): void {
    let columns = this.fields.get(field);
    if (!(columns instanceof Map)) this.fields.set(field, (columns = new Map()));
    for (const [aggregation, value] of Object.entries(values)) {
      let series = columns.get(aggregation);
      if (!series) columns.set(aggregation, (series = this.newSeries()));
      series.set(at, value);
    }
  }

  private seriesOf(field: string): Series {
    const known = this.fields.get(field);
    if (known instanceof Series) return known;
    const series = this.newSeries();
    this.fields.set(field, series);
    return series;
  }

  private newSeries(): Series {
    this.size.series += 1;
    return new Series(this.size);
  }
}

function isAggregated(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
