import { Injectable } from '@nestjs/common';
import { LruMap } from '../../common/lru-map';
import type { FieldType, Schema } from '../../sources/schema';
import { SeriesRegistry, type SeriesWriter, type WantedSeries } from '../../sources/series-registry';
import { SOURCE_NOT_FOUND } from '../../sources/sources.errors';
import { Ingest } from '../ingest.service';
import type { PointError, RejectedPoint } from '../point-error';
import { packRows, type SentBlock } from '../sent-block';
import type { LineBlock } from './line-block';
import type { NamedSeries, RefusedLine } from './written-lines';

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
  readonly stored: readonly LineBlock[];
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

  /** Whether other callers store points, so that slices should be short. */
  isSharedWith({ key }: SeriesWriter): boolean {
    return this.ingest.isSharedWith({ key, line: lineOf(key) });
  }

  /**
   * Stores the lines that can be stored. When it resolves, they are on disk.
   *
   * @param queued called when later lines can be written without being stored before these
   * @returns the others
   * @throws ApiError if nothing can be stored in the bucket
   */
  async write(writer: SeriesWriter, blocks: readonly LineBlock[], queued?: () => void): Promise<RefusedLine[]> {
    const first = await this.store(writer, blocks, queued);
    if (first.outdated.length === 0) return first.refused;
    // Another request has deleted a data source or removed a field since it was last seen.
    for (const { series } of first.outdated) this.known.delete(nameIn(writer.bucketId, series));
    const second = await this.store(writer, first.outdated);
    const late = second.outdated.flatMap((block) => allRefused(block, SOURCE_MISSING));
    return [...first.refused, ...second.refused, ...late];
  }

  private async store(
    writer: SeriesWriter,
    blocks: readonly LineBlock[],
    queued?: () => void,
  ): Promise<{ refused: RefusedLine[]; outdated: LineBlock[] }> {
    const { stored, sources, refused } = await this.resolve(writer, blocks);
    if (stored.length === 0) return { refused, outdated: [] };
    const { key, bucketId } = writer;
    let index = 0;
    const packed = packRows(stored);
    const sent = stored.map((rows, place): SentBlock => {
      const dataSourceId = sources.get(rows.series.hash)?.id ?? '';
      const block = { index, dataSourceId, rows, packed: packed[place] };
      index += rows.length;
      return block;
    });
    const line = lineOf(key);
    const adding = this.ingest.add({
      ...{ key, bucketId, line, points: [], blocks: sent, partial: true, merges: true },
      pathOf: (index) => ['body', index],
    });
    queued?.();
    const { problems } = await adding;
    return { refused, outdated: problems.length === 0 ? [] : sortOut(stored, sent, problems, refused) };
  }

  /** Finds the data source of each block, and refuses lines with a value of another type than their field. */
  private async resolve(writer: SeriesWriter, blocks: readonly LineBlock[]): Promise<Resolved> {
    const wanted = fieldsBySeries(blocks);
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
    const stored = blocks.filter((block) => {
      const { hash } = block.series;
      const reason = reasons.get(hash) ?? this.conflictOf(block, sources.get(hash));
      if (reason !== undefined) refused.push(...allRefused(block, reason));
      return reason === undefined;
    });
    return { stored, sources, refused };
  }

  private hasFields(schema: Schema, fields: ReadonlyMap<string, FieldType>): boolean {
    const types = this.fieldTypes(schema);
    for (const name of fields.keys()) if (!types.has(name)) return false;
    return true;
  }

  private conflictOf(
    { series, names, types: sentTypes }: LineBlock,
    known: KnownSeries | undefined,
  ): Reason | undefined {
    if (!known) return undefined;
    const types = this.fieldTypes(known.schema);
    for (const [index, name] of names.entries()) {
      const sent = sentTypes[index] as FieldType;
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

const SOURCE_MISSING: Reason = { reason: SOURCE_NOT_FOUND.message, code: SOURCE_NOT_FOUND.code };
const REASONS = {
  'bucket full': {
    reason: 'the bucket has as many data sources as it may have, and this series is new',
    code: 'data_source_limit_reached',
  },
  'too many fields': { reason: 'the series would have more than 1000 fields', code: 'invalid_line' },
} as const;
/** As InfluxDB names them. */
const SHOWN_TYPES: Readonly<Record<FieldType, string>> = { number: 'float', string: 'string', boolean: 'boolean' };

function lineOf({ type, lineId }: SeriesWriter['key']): string | null {
  return type === 'admin' ? null : lineId;
}

function nameIn(bucketId: string, { hash }: Pick<NamedSeries, 'hash'>): string {
  return `${bucketId} ${hash}`;
}

/** Each series of the blocks, with the type of each field where it first occurs. */
function fieldsBySeries(blocks: readonly LineBlock[]): Map<string, WantedSeries> {
  const bySeries = new Map<string, WantedSeries & { readonly fields: Map<string, FieldType> }>();
  for (const { series, names, types } of blocks) {
    let wanted = bySeries.get(series.hash);
    if (!wanted) bySeries.set(series.hash, (wanted = { ...series, fields: new Map() }));
    for (const [index, name] of names.entries())
      if (!wanted.fields.has(name)) wanted.fields.set(name, types[index] as FieldType);
  }
  return bySeries;
}

/** Adds lines with a problem to the refused ones. @returns those that may be stored once their data source was read again */
function sortOut(
  blocks: readonly LineBlock[],
  sent: readonly SentBlock[],
  problems: readonly RejectedPoint[],
  refused: RefusedLine[],
): LineBlock[] {
  const errors = new Map(problems.map(({ index, error }) => [index, error]));
  return blocks.flatMap((block, place) => {
    const first = (sent[place] as SentBlock).index;
    const outdated: number[] = [];
    for (let index = 0; index < block.length; index++) {
      const error = errors.get(first + index);
      if (!error) continue;
      if (isOutdated(error)) outdated.push(index);
      else refused.push(refusedFor(block, index, { reason: error.message, code: error.errorCode }));
    }
    return outdated.length === 0 ? [] : [block.with(outdated)];
  });
}

function isOutdated({ errorCode }: PointError): boolean {
  return errorCode === SOURCE_NOT_FOUND.code || errorCode === FIELD_UNKNOWN_CODE;
}

function allRefused(block: LineBlock, reason: Reason): RefusedLine[] {
  return Array.from({ length: block.length }, (_, index) => refusedFor(block, index, reason));
}

function refusedFor(block: LineBlock, index: number, { reason, code }: Reason): RefusedLine {
  return { number: block.numberOf(index), reason, code, text: block.textOf(index) };
}
