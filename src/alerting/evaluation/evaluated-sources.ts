import type { EntityManager } from 'typeorm';
import { findBucketState } from '../../buckets/bucket-rows';
import { visibleFrom } from '../../common/retention';
import type { Schema } from '../../sources/schema';
import { findSource } from '../../sources/source-rows';

/** A data source whose rules are evaluated. */
export interface EvaluatedSource {
  readonly id: string;
  readonly number: number;
  readonly schema: Schema;
  /** Points before this time are hidden by the bucket's retention. */
  readonly visibleFrom: number;
}

/** Reads a source for the evaluation of its rules. It accepts no points while it or its bucket is archived. */
export async function findEvaluatedSource(
  manager: EntityManager,
  id: string,
  now: number,
): Promise<(EvaluatedSource & { readonly isArchived: boolean }) | undefined> {
  const source = await findSource(manager, id);
  const bucket = source && (await findBucketState(manager, source.bucketId));
  if (!bucket) return undefined;
  const { number, schema, status } = source;
  const isArchived = status !== 'active' || bucket.status !== 'active';
  return { id, number, schema, visibleFrom: visibleFrom(bucket, now), isArchived };
}
