import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { BUCKET_ARCHIVED } from '../buckets/buckets.errors';
import type { Actor, AuditRecorder } from '../common/audit-event';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import { printable } from '../common/printable';
import { bulkInsert } from '../database/bulk-insert';
import { Writer } from '../database/writer';
import { callerOf, nameOfCaller } from '../scheduling/caller';
import { newSource } from './new-sources';
import { mergeSchema, type FieldType, type Schema } from './schema';
import { parseSchema } from './schema-text';
import { findSeries, insertSeries, type SeriesName, type SeriesSource } from './series-rows';
import { eventOf } from './source-audit-event';
import { Source } from './source.entity';
import { getLockedSource } from './source-rows';

/** Fields of a data source that line protocol adds. */
export const MAX_SERIES_FIELDS = 1000;
/** Series that are created or extended in one transaction. */
export const MAX_SERIES_AT_ONCE = 50;
const LONGEST_NAME = 100;
/** The type of data sources that line protocol creates. */
const SERIES_TYPE = 'series';

/** A series that is written, with the fields that its data source has to have. */
export interface WantedSeries extends SeriesName {
  readonly fields: ReadonlyMap<string, FieldType>;
}

/** The data source of a series, or why it cannot have one. */
export type RegisteredSeries = Pick<Source, 'id' | 'schema'> | 'bucket full' | 'too many fields';

/** Who writes where. */
export interface SeriesWriter {
  readonly by: Actor;
  readonly key: CurrentApiKey;
  readonly bucketId: string;
}

/** Finds the data sources of series, and creates them and their fields as they come. */
@Injectable()
export class SeriesRegistry {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'sourcesPerBucket'>,
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly buckets: BucketAccess,
  ) {}

  /**
   * The data sources of these series by hash, each with all wanted fields whose names it did not have in another type.
   *
   * @throws ApiError for a bucket that is archived, deleted, or not the key's
   */
  async register(writer: SeriesWriter, wanted: readonly WantedSeries[]): Promise<Map<string, RegisteredSeries>> {
    const { key, bucketId } = writer;
    await this.buckets.get(key, bucketId);
    const registered = new Map<string, RegisteredSeries>();
    const found = await findSeries(this.dataSource.manager, bucketId, hashesOf(wanted));
    const changes = wanted.filter((series) => !isComplete(series, found.get(series.hash)));
    for (const [hash, { id, schema }] of found) registered.set(hash, { id, schema: parseSchema(schema) });
    for (let start = 0; start < changes.length; start += MAX_SERIES_AT_ONCE) {
      const some = changes.slice(start, start + MAX_SERIES_AT_ONCE);
      const changed = await this.writer.write((manager, audit) => this.change({ ...writer, manager, audit }, some), {
        serializeOn: 'data source numbers',
        space: 'adds',
        caller: nameOfCaller(callerOf(key)),
      });
      for (const [hash, series] of changed) registered.set(hash, typeof series === 'string' ? series : shared(series));
    }
    return registered;
  }

  private async change(context: Context, wanted: readonly WantedSeries[]): Promise<Map<string, RegisteredSeries>> {
    const { manager, key, bucketId } = context;
    const bucket = await this.buckets.hold(manager, key, bucketId, 'SHARE');
    if (bucket.status !== 'active') throw new ApiError(BUCKET_ARCHIVED);
    const found = await findSeries(manager, bucketId, hashesOf(wanted));
    const fresh = wanted.filter(({ hash }) => !found.has(hash));
    const registered = await this.create(context, fresh);
    const incomplete = wanted.filter((series) => {
      const source = found.get(series.hash);
      // Another request has completed it meanwhile.
      const isDone = source !== undefined && isComplete(series, source);
      if (isDone) registered.set(series.hash, { id: source.id, schema: parseSchema(source.schema) });
      return !isDone;
    });
    const extended = incomplete
      .flatMap((series) => ({ series, source: found.get(series.hash) }))
      .sort((one, other) => ((one.source?.id ?? '') < (other.source?.id ?? '') ? -1 : 1));
    for (const { series, source } of extended)
      if (source) registered.set(series.hash, await addFields(context, series, source.id));
    return registered;
  }

  /** Creates data sources in one set, as long as there is room. */
  private async create(
    { manager, audit, by, key, bucketId }: Context,
    fresh: readonly WantedSeries[],
  ): Promise<Map<string, RegisteredSeries>> {
    const registered = new Map<string, RegisteredSeries>();
    if (fresh.length === 0) return registered;
    const existing = await manager.countBy(Source, { bucketId, deletedAt: IsNull() });
    const room = Math.max(0, this.config.sourcesPerBucket - existing);
    for (const { hash } of fresh.slice(room)) registered.set(hash, 'bucket full');
    const last = (await manager.maximum(Source, 'number')) ?? 0;
    const created = fresh.slice(0, room).flatMap((series, index) => {
      const isTooWide = series.fields.size > MAX_SERIES_FIELDS;
      if (isTooWide) registered.set(series.hash, 'too many fields');
      return isTooWide ? [] : [{ ...series, source: sourceOf(bucketId, series, last + 1 + index) }];
    });
    const sources = created.map(({ source }) => source);
    await bulkInsert(manager, Source, sources);
    await insertSeries(
      manager,
      bucketId,
      created.map((series) => ({ ...series, source: series.source.number })),
    );
    for (const source of sources) audit(eventOf(by, 'dataSource.created', key, source));
    for (const { hash, source } of created) registered.set(hash, source);
    return registered;
  }
}

/** Series with equal schemas share one object. */
function shared({ id, schema }: Pick<Source, 'id' | 'schema'>): RegisteredSeries {
  return { id, schema: parseSchema(JSON.stringify(schema)) };
}

/** The transaction of a change, and whose it is. */
interface Context extends SeriesWriter {
  readonly manager: EntityManager;
  readonly audit: AuditRecorder;
}

function hashesOf(wanted: readonly WantedSeries[]): string[] {
  return wanted.map(({ hash }) => hash);
}

function isComplete({ fields }: WantedSeries, source: SeriesSource | undefined): boolean {
  return source !== undefined && missingIn(parseSchema(source.schema), fields).length === 0;
}

function missingIn(schema: Schema, fields: WantedSeries['fields']): (readonly [string, FieldType])[] {
  const known = new Set(schema.map(({ name }) => name));
  return [...fields].filter(([name]) => !known.has(name));
}

async function addFields(
  { manager, audit, by, key, bucketId }: Context,
  { fields }: WantedSeries,
  id: string,
): Promise<RegisteredSeries> {
  const before = await getLockedSource(manager, bucketId, id);
  const missing = missingIn(before.schema, fields);
  if (missing.length === 0) return before;
  if (before.schema.length + missing.length > MAX_SERIES_FIELDS) return 'too many fields';
  const schema = mergeSchema(before.schema, Object.fromEntries(missing.map(([name, type]) => [name, { type }])));
  const source = { ...before, schema, updatedAt: Math.max(Date.now(), before.updatedAt + 1) };
  await manager.update(Source, { id }, { schema, updatedAt: source.updatedAt });
  audit(eventOf(by, 'dataSource.updated', key, before, { addedFields: missing.map(([name]) => name) }));
  return source;
}

function sourceOf(bucketId: string, { measurement, tags, fields }: WantedSeries, number: number): Source {
  const text = printable([measurement, ...tags.map(([name, value]) => `${name}=${value}`)].join());
  const characters = [...text];
  const isShort = characters.length <= LONGEST_NAME;
  const name = isShort ? text : `${characters.slice(0, LONGEST_NAME - 1).join('')}…`;
  const schema = Object.fromEntries([...fields].map(([field, type]) => [field, { type }]));
  return { ...newSource(bucketId, { name, type: SERIES_TYPE, description: '', schema, downsampling: true }), number };
}
