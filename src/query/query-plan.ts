import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { NumberSet } from '../points/ascending-numbers';
import type { Range } from '../points/point-store';
import type { Field, Schema } from '../sources/schema';
import type { Source } from '../sources/source.entity';
import { fits, type Aggregation } from './aggregations';
import type { Sort } from './cursor';
import type { Fill } from './fill';
import type { QueryAnswer } from './query-answer';
import { FIELD_NOT_AGGREGATED, refused } from './query.errors';
import type { Step } from './time-steps';

/** A query with its bucket and sources resolved. */
export interface Plan {
  /** A manager of its own, so that the query runs one statement at a time. */
  readonly manager: EntityManager;
  readonly bucketName: string;
  readonly sources: readonly Source[];
  readonly range: Range;
  /** The start of the bucket's retention. Points before it must not be read, not even by `fill`. */
  readonly visibleFrom: number;
  /** Which ends of the range the request names. */
  readonly isGiven: { readonly start: boolean; readonly end: boolean };
  readonly fields: readonly string[] | undefined;
  readonly metas: ReadonlyMap<number, NumberSet> | undefined;
  readonly offset: number;
  readonly sort: Sort | undefined;
  readonly yieldTurn: YieldTurn;
}

/** How a query groups points. */
export interface Grouping {
  readonly aggregations: readonly Aggregation[];
  readonly step: Step | undefined;
  readonly zone: string;
  readonly fill: Fill;
  /** Whether fields that cannot be averaged return their last value. */
  readonly automatic: boolean;
}

/** The name for a file with the answer, and the names of its data sources. */
export function namesOf({ sources, bucketName }: Plan): Pick<QueryAnswer, 'title' | 'sourceNames'> {
  const [first, ...others] = sources;
  const sourceNames = () => new Map(sources.map(({ id, name }) => [id, name]));
  return { title: first && others.length === 0 ? first.name : bucketName, sourceNames };
}

/** The distinct aggregations of a query. */
export function listOf(aggregation: Aggregation | readonly Aggregation[]): readonly Aggregation[] {
  return typeof aggregation === 'string' ? [aggregation] : [...new Set(aggregation)];
}

/** Schemas whose fields are chosen in a few milliseconds. */
const SCHEMAS_PER_TURN = 50;

/**
 * The requested fields of each source that support the aggregations. Sources with equal schemas share one list.
 *
 * @throws ValidationError for a named field that supports none
 */
export async function fieldsOfEach(
  { sources, fields, yieldTurn }: Pick<Plan, 'sources' | 'fields' | 'yieldTurn'>,
  grouping: Grouping,
): Promise<{ readonly source: Source; readonly fields: readonly Field[] }[]> {
  const named = fields && new Set(fields);
  const ofSchemas = new Map<Schema, readonly Field[]>();
  for (const { schema } of sources) {
    if (ofSchemas.has(schema)) continue;
    ofSchemas.set(schema, fieldsOf(schema, named, grouping));
    if (ofSchemas.size % SCHEMAS_PER_TURN === 0) await yieldTurn();
  }
  return sources.map((source) => ({ source, fields: ofSchemas.get(source.schema) ?? [] }));
}

function fieldsOf(
  schema: Schema,
  named: ReadonlySet<string> | undefined,
  { aggregations, automatic }: Grouping,
): readonly Field[] {
  const chosen = named ? schema.filter(({ name }) => named.has(name)) : schema;
  if (automatic) return chosen;
  const isFit = (field: Field) => aggregations.some((one) => fits(field, one));
  const unfit = named && chosen.find((field) => !isFit(field));
  if (unfit) throw refused(FIELD_NOT_AGGREGATED, ['body', 'aggregation'], { field: unfit.name });
  return chosen.filter(isFit);
}
