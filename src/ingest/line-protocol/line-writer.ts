import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '../../common/error-codes';
import { LruMap } from '../../common/lru-map';
import type { FieldType, Schema } from '../../sources/schema';
import { SeriesRegistry, type SeriesWriter, type WantedSeries } from '../../sources/series-registry';
import { SOURCE_NOT_FOUND } from '../../sources/sources.errors';
import { Ingest } from '../ingest.service';
import type { PointError, SentPoint } from '../point-check';
import type { FieldValue } from './point-parser';
import { typeOf, type NamedSeries, type RefusedLine, type WrittenLine } from './written-lines';

/** Data sources whose series are known without a query. */
export const MAX_KNOWN_SERIES = 100_000;
/** Slices of a body that wait for a commit at the same time: they share it, as concurrent requests do. */
const SLICES_AT_ONCE = 5;
const FIELD_UNKNOWN_CODE = 'unknown_field';

/** The data source of a series as it was last seen. */
interface KnownSeries {
  readonly id: string;
  readonly schema: Schema;
}

type Reason = Pick<RefusedLine, 'reason' | 'code'>;

/** Lines whose data source is known. */
interface Resolved {
  readonly stored: readonly WrittenLine[];
  readonly sources: ReadonlyMap<string, KnownSeries>;
  readonly refused: RefusedLine[];
}

/** Stores lines. Series become data sources, and their fields are added as they come. */
@Injectable()
export class LineWriter {
  private readonly known = new LruMap<string, KnownSeries>(MAX_KNOWN_SERIES);
  private readonly typesOf = new WeakMap<Schema, ReadonlyMap<string, FieldType>>();

  constructor(
    private readonly registry: SeriesRegistry,
    private readonly ingest: Ingest,
  ) {}

  /** How many slices of a body can be written at once, so that they are stored in their order. */
  get slicesAtOnce(): number {
    return this.ingest.storesInOrder ? SLICES_AT_ONCE : 1;
  }

  /**
   * Stores the lines that can be stored. When it resolves, they are on disk.
   *
   * @param queued called when later lines can be written without being stored before these
   * @returns the others
   * @throws ApiError if nothing can be stored in the bucket
   */
  async write(writer: SeriesWriter, lines: readonly WrittenLine[], queued?: () => void): Promise<RefusedLine[]> {
    const first = await this.store(writer, lines, queued);
    if (first.outdated.length === 0) return first.refused;
    // Another request has deleted a data source or removed a field since it was last seen.
    for (const { series } of first.outdated) this.known.delete(nameIn(writer.bucketId, series));
    const second = await this.store(writer, first.outdated);
    const late = second.outdated.map((line) => refusedFor(line, SOURCE_NOT_FOUND.message, SOURCE_NOT_FOUND.code));
    return [...first.refused, ...second.refused, ...late];
  }

  private async store(
    writer: SeriesWriter,
    lines: readonly WrittenLine[],
    queued?: () => void,
  ): Promise<{ refused: RefusedLine[]; outdated: WrittenLine[] }> {
    const { stored, sources, refused } = await this.resolve(writer, lines);
    const outdated: WrittenLine[] = [];
    if (stored.length === 0) return { refused, outdated };
    const { key, bucketId } = writer;
    const points = stored.map(({ series, values, at, metadata = null }, index): SentPoint => {
      const dataSourceId = sources.get(series.hash)?.id ?? '';
      return { index, dataSourceId, values, at, metadata };
    });
    const line = key.type === 'admin' ? null : key.lineId;
    const adding = this.ingest.add({
      ...{ key, bucketId, line, points, partial: true, merges: true },
      pathOf: (index) => ['body', index],
    });
    queued?.();
    const { problems } = await adding;
    for (const { index, error } of problems) {
      const rejected = stored[index] as WrittenLine;
      if (isOutdated(error)) outdated.push(rejected);
      else refused.push(refusedFor(rejected, error.message, error.errorCode));
    }
    return { refused, outdated };
  }

  /** Finds the data source of each line, and refuses lines with a value of another type than their field. */
  private async resolve(writer: SeriesWriter, lines: readonly WrittenLine[]): Promise<Resolved> {
    const wanted = fieldsBySeries(lines);
    const sources = new Map<string, KnownSeries>();
    const reasons = new Map<string, Reason>();
    const unknown = [...wanted.values()].filter((series) => {
      const known = this.known.get(nameIn(writer.bucketId, series));
      if (!known || !this.hasFields(known.schema, series.fields)) return true;
      sources.set(series.hash, known);
      return false;
    });
    if (unknown.length > 0)
      for (const [hash, registered] of await this.registry.register(writer, unknown)) {
        if (typeof registered === 'string') {
          reasons.set(hash, REASONS[registered]);
          continue;
        }
        const { id, schema } = registered;
        sources.set(hash, { id, schema });
        this.known.set(nameIn(writer.bucketId, { hash }), { id, schema });
      }
    const refused: RefusedLine[] = [];
    const stored = lines.filter((line) => {
      const { hash } = line.series;
      const reason = reasons.get(hash) ?? this.conflictOf(line, sources.get(hash));
      if (reason !== undefined) refused.push(refusedFor(line, reason.reason, reason.code));
      return reason === undefined;
    });
    return { stored, sources, refused };
  }

  private hasFields(schema: Schema, fields: ReadonlyMap<string, FieldType>): boolean {
    const types = this.fieldTypes(schema);
    for (const name of fields.keys()) if (!types.has(name)) return false;
    return true;
  }

  private conflictOf({ series, values }: WrittenLine, known: KnownSeries | undefined): Reason | undefined {
    if (!known) return undefined;
    const types = this.fieldTypes(known.schema);
    for (const name in values) {
      const sent = typeOf(values[name] as FieldValue);
      const type = types.get(name);
      if (type === undefined || type === sent) continue;
      const existing = `already exists as type ${SHOWN_TYPES[type]}`;
      const conflict = `field type conflict: input field "${name}" on measurement "${series.measurement}" is type ${SHOWN_TYPES[sent]}`;
      return { reason: `${conflict}, ${existing}`, code: 'invalid_value' };
    }
    return undefined;
  }

  private fieldTypes(schema: Schema): ReadonlyMap<string, FieldType> {
    let types = this.typesOf.get(schema);
    if (!types) this.typesOf.set(schema, (types = new Map(schema.map(({ name, type }) => [name, type]))));
    return types;
  }
}

const REASONS = {
  'bucket full': {
    reason: 'the bucket has as many data sources as it may have, and this series is new',
    code: 'data_source_limit_reached',
  },
  'too many fields': { reason: 'the series would have more than 1000 fields', code: 'invalid_line' },
} as const;
/** As InfluxDB names them. */
const SHOWN_TYPES: Readonly<Record<FieldType, string>> = { number: 'float', string: 'string', boolean: 'boolean' };

function nameIn(bucketId: string, { hash }: Pick<NamedSeries, 'hash'>): string {
  return `${bucketId} ${hash}`;
}

/** Each series of the lines, with the type of each field where it first occurs. */
function fieldsBySeries(lines: readonly WrittenLine[]): Map<string, WantedSeries> {
  const bySeries = new Map<string, WantedSeries & { readonly fields: Map<string, FieldType> }>();
  for (const { series, values } of lines) {
    let wanted = bySeries.get(series.hash);
    if (!wanted) bySeries.set(series.hash, (wanted = { ...series, fields: new Map() }));
    for (const name in values)
      if (!wanted.fields.has(name)) wanted.fields.set(name, typeOf(values[name] as FieldValue));
  }
  return bySeries;
}

function isOutdated({ errorCode }: PointError): boolean {
  return errorCode === SOURCE_NOT_FOUND.code || errorCode === FIELD_UNKNOWN_CODE;
}

function refusedFor({ number, text }: WrittenLine, reason: string, code: ErrorCode): RefusedLine {
  return { number, reason, code, text: text() };
}
