import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, type EntityManager, type Repository } from 'typeorm';
import { SOURCE_NOT_YOURS } from '../auth/access.errors';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { visibleFrom } from '../common/retention';
import { ApiError, shortName, ValidationError } from '../common/errors';
import type { Actor, AuditEvent } from '../common/audit-event';
import type { YieldTurn } from '../common/http/yield';
import { findInSlices } from '../database/find-in-slices';
import { getLockedSource } from './source-rows';
import { Writer } from '../database/writer';
import { Source, type SourceStatus } from './source.entity';
import {
  FIELD_KEPT,
  FIELD_TYPE_KEPT,
  FIELD_WATCHED,
  ONLY_ADMIN_DELETES_DATA,
  SOURCE_NOT_FOUND,
  UNIT_WATCHED,
} from './sources.errors';
import {
  conflictOf,
  FIELD_NAME,
  FIELD_NAME_SAID,
  fieldsInOtherUnits,
  mergeSchema,
  MAX_FIELDS,
  type Schema,
  type SchemaChanges,
} from './schema';
import { SourceContents } from './source-contents';
import { eventOf } from './source-audit-event';
import { fieldsUnknownIn } from './source-lists';
import { SourcePoints } from './source-points';

export interface SourceChanges {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly schema?: SchemaChanges | undefined;
  readonly downsampling?: boolean | undefined;
  readonly status?: SourceStatus | undefined;
}

/** Field names to look for in some data sources; in all that the key may access if `ids` is undefined. */
export interface WantedFields {
  readonly bucketId: string;
  readonly ids: readonly string[] | undefined;
  readonly names: readonly string[];
}

/** The data sources of a bucket. All methods reject keys of other buckets, and keys that are bound to another source. */
@Injectable()
export class SourcesService {
  constructor(
    @InjectRepository(Source) private readonly sources: Repository<Source>,
    private readonly writer: Writer,
    private readonly buckets: BucketAccess,
    private readonly points: SourcePoints,
    private readonly sourceContents: SourceContents,
  ) {}

  async get(key: CurrentApiKey, bucketId: string, id: string): Promise<Source> {
    await this.buckets.get(key, bucketId);
    requireOwn(key, id);
    return found(await this.sources.findOneBy({ id, bucketId, deletedAt: IsNull() }));
  }

  /** The sources with these ids, or all that the key may access, unordered. The caller has checked the bucket. */
  async listByIds(
    key: CurrentApiKey,
    bucketId: string,
    ids: readonly string[] | undefined,
    yieldTurn: YieldTurn,
  ): Promise<Source[]> {
    for (const id of ids ?? []) requireOwn(key, id);
    const own = key.dataSourceId === null ? undefined : [key.dataSourceId];
    const selected = ids ?? own;
    const where = { ...(selected && { id: In([...selected]) }), bucketId, deletedAt: IsNull() };
    const sources = await findInSlices(this.sources.manager, Source, { where }, yieldTurn);
    if (ids && sources.length < new Set(ids).size) throw new ApiError(SOURCE_NOT_FOUND);
    return sources;
  }

  /** Which of these field names none of the sources has. The caller has checked the bucket. @throws ApiError as `listByIds` */
  async unknownFields(
    key: CurrentApiKey,
    { bucketId, ids, names }: WantedFields,
    yieldTurn: YieldTurn,
  ): Promise<string[]> {
    if (!ids && key.dataSourceId === null) return fieldsUnknownIn(this.sources.manager, bucketId, names, yieldTurn);
    const sources = await this.listByIds(key, bucketId, ids, yieldTurn);
    const known = new Set(sources.flatMap(({ schema }) => schema.map(({ name }) => name)));
    return names.filter((name) => !known.has(name));
  }

  /**
   * Updates the given properties.
   *
   * @throws ApiError `FIELD_KEPT`, `FIELD_TYPE_KEPT`, `FIELD_WATCHED`, `UNIT_WATCHED` if points or alert rules use a field
   */
  update(by: Actor, key: CurrentApiKey, bucketId: string, id: string, changes: SourceChanges): Promise<Source> {
    return this.withLockedSource(key, bucketId, id, async (manager, before) => {
      const { schema: schemaChanges, ...given } = changes;
      const others = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const schema = schemaChanges ? await this.changedSchema(manager, before, schemaChanges) : before.schema;
      const after: Source = { ...before, ...others, schema };
      if (isDeepStrictEqual({ ...after }, { ...before })) return { source: before };
      const source = { ...after, updatedAt: Math.max(Date.now(), before.updatedAt + 1) };
      await manager.update(Source, { id }, source);
      if (before.status !== source.status)
        await this.sourceContents[source.status === 'active' ? 'reopened' : 'archived'](manager, id);
      return { source, event: eventOf(by, 'dataSource.updated', key, before, detailsOf(before, source)) };
    });
  }

  /**
   * Deletes a source with its points and alert rules, and returns their counts. They are no longer available once this resolves.
   *
   * @throws ApiError if it has points that the key may not delete; checked under the lock of the source
   */
  async remove(
    by: Actor,
    key: CurrentApiKey,
    bucketId: string,
    id: string,
  ): Promise<{ source: Source; points: number; alertRules: number }> {
    let points = 0;
    let alertRules = 0;
    const source = await this.withLockedSource(key, bucketId, id, async (manager, before, from) => {
      if (key.type !== 'admin' && (await this.points.hasAny(manager, before.number)))
        throw new ApiError(ONLY_ADMIN_DELETES_DATA);
      points = (await this.points.statsOf(manager, before.number, from, NO_YIELD)).count;
      alertRules = await this.sourceContents.removeAll(manager, id);
      await manager.update(Source, { id }, { deletedAt: Date.now() });
      return {
        source: before,
        event: eventOf(by, 'dataSource.deleted', key, before, { dataPoints: points, alertRules }),
      };
    });
    return { source, points, alertRules };
  }

  private async changedSchema(manager: EntityManager, { id, number, schema }: Source, changes: SchemaChanges) {
    requireUsualNames(schema, changes);
    const conflict = conflictOf(schema, changes);
    if (conflict && (await this.points.hasAny(manager, number))) {
      const reason = conflict.kind === 'removed' ? FIELD_KEPT : FIELD_TYPE_KEPT;
      throw new ApiError(reason, { words: { field: conflict.field } });
    }
    const inOtherUnits = fieldsInOtherUnits(schema, changes);
    const inUse =
      conflict || inOtherUnits.size > 0 ? await this.sourceContents.fieldsInUse(manager, id) : new Set<string>();
    const watched = schema.find((field) => inUse.has(field.name) && conflictOf([field], changes));
    if (watched) throw new ApiError(FIELD_WATCHED, { words: { field: watched.name } });
    const inOtherUnit = [...inOtherUnits].find((name) => inUse.has(name));
    if (inOtherUnit !== undefined) throw new ApiError(UNIT_WATCHED, { words: { field: inOtherUnit } });
    const merged = mergeSchema(schema, changes);
    if (merged.length >= 1 && merged.length <= Math.max(MAX_FIELDS, schema.length)) return merged;
    const message = `schema must be an object with 1 to ${MAX_FIELDS} fields`;
    throw new ValidationError([{ path: ['body', 'schema'], message }]);
  }

  private withLockedSource(
    key: CurrentApiKey,
    bucketId: string,
    id: string,
    work: (manager: EntityManager, source: Source, from: number) => Promise<{ source: Source; event?: AuditEvent }>,
  ): Promise<Source> {
    return this.writer.write(
      async (manager, audit) => {
        const bucket = await this.buckets.hold(manager, key, bucketId, 'SHARE');
        requireOwn(key, id);
        const before = await getLockedSource(manager, bucketId, id);
        const { source, event } = await work(manager, before, visibleFrom(bucket, Date.now()));
        if (event) audit(event);
        return source;
      },
      { space: 'frees' },
    );
  }
}

/** @throws ValidationError for a name that only line protocol may add */
function requireUsualNames(schema: Schema, changes: SchemaChanges): void {
  const known = new Set(schema.map(({ name }) => name));
  const unusual = Object.keys(changes).find((name) => !FIELD_NAME.test(name) && !known.has(name));
  if (unusual === undefined) return;
  throw new ValidationError([{ path: ['body', 'schema', shortName(unusual)], message: FIELD_NAME_SAID }]);
}

/** A transaction does not yield: it would hold its locks for longer. */
const NO_YIELD: YieldTurn = () => Promise.resolve();

/** @throws ApiError `SOURCE_NOT_YOURS` for a key that is bound to another source, whether or not this one exists */
export function requireOwn({ dataSourceId }: Pick<CurrentApiKey, 'dataSourceId'>, id: string): void {
  if (dataSourceId !== null && dataSourceId !== id) throw new ApiError(SOURCE_NOT_YOURS);
}

const FIELDS = ['name', 'type', 'description', 'schema', 'downsampling', 'status'] as const;

function detailsOf(before: Source, after: Source) {
  const changed = FIELDS.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  const pick = (of: Source) => Object.fromEntries(changed.map((field) => [field, shown(of, field)]));
  return { from: pick(before), to: pick(after) };
}

function shown(source: Source, field: (typeof FIELDS)[number]): unknown {
  return field === 'schema' ? source.schema.map(({ name, type }) => `${name}: ${type}`) : source[field];
}

function found(source: Source | null): Source {
  if (!source) throw new ApiError(SOURCE_NOT_FOUND);
  return source;
}
