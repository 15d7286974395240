import type { EntityManager } from 'typeorm';
import { findBucketState } from '../../buckets/bucket-rows';
import { visibleFrom } from '../../common/retention';
import { findSource } from '../../sources/source-rows';
import type { EvaluatedSource } from './alert-notifier';

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
