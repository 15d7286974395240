import type { Body, Query, Reply, Schema } from '../api/types';
import type { CallOptions, Connection, CreateOptions } from '../http/connection';
import { allOf } from '../http/pages';

export type Bucket = Schema<'BucketView'>;
export type NewBucket = Body<'createBucket'>;
export type BucketChanges = Body<'updateBucket'>;
export type BucketQuery = Query<'listBuckets'>;
type BucketList = Reply<'listBuckets'>;
export type ListedBucket = BucketList['buckets'][number];

/** Buckets of an organization. They need an Admin key. */
export class Buckets {
  constructor(private readonly connection: Connection) {}

  async create(bucket: NewBucket, options?: CreateOptions): Promise<Bucket> {
    const request = { ...options, body: bucket };
    return (await this.connection.json<Reply<'createBucket'>>('POST', '/api/buckets', request)).bucket;
  }

  /** One page: by default 100 buckets, oldest first. */
  list(query?: BucketQuery, options?: CallOptions): Promise<BucketList> {
    return this.connection.json('GET', '/api/buckets', { ...options, query });
  }

  /** All buckets. */
  all(
    query: Omit<BucketQuery, 'limit' | 'offset' | 'after' | 'sort'> = {},
    options?: CallOptions,
  ): AsyncGenerator<ListedBucket, void, undefined> {
    return allOf<ListedBucket, BucketQuery>(query, async (page) => {
      const { buckets, pagination } = await this.list(page, options);
      return { items: buckets, pagination };
    });
  }

  /** A bucket, with its counts in `stats`. */
  async get(bucketId: string, options?: CallOptions): Promise<Reply<'getBucket'>['bucket']> {
    return (await this.connection.json<Reply<'getBucket'>>('GET', pathOf(bucketId), options)).bucket;
  }

  async update(bucketId: string, changes: BucketChanges, options?: CallOptions): Promise<Bucket> {
    const request = { ...options, body: changes };
    return (await this.connection.json<Reply<'updateBucket'>>('PATCH', pathOf(bucketId), request)).bucket;
  }

  /** Deletes a bucket with everything in it. Returns what was deleted. */
  delete(bucketId: string, options?: CallOptions): Promise<Reply<'deleteBucket'>> {
    return this.connection.json('DELETE', pathOf(bucketId), options);
  }
}

function pathOf(bucketId: string): string {
  return `/api/buckets/${encodeURIComponent(bucketId)}`;
}
