import type { Body, Query, Reply, Schema } from '../api/types';
import type { CallOptions, Connection, CreateOptions } from '../http/connection';
import { allOf } from '../http/pages';

export type ApiKey = Schema<'KeyView'>;
/** A created key. Its text in `key` cannot be read again. */
export type CreatedApiKey = Reply<'createApiKey'>['apiKey'];
export type NewApiKey = Body<'createApiKey'>;
export type ApiKeyChanges = Body<'updateApiKey'>;
export type ApiKeyQuery = Query<'listApiKeys'>;
export type Rotation = Body<'rotateApiKey'>;
type KeyList = Reply<'listApiKeys'>;
export type ListedApiKey = KeyList['apiKeys'][number];

/** API keys of a bucket, which need an Admin key, and the key of this client. */
export class Keys {
  constructor(private readonly connection: Connection) {}

  async create(bucketId: string, key: NewApiKey, options?: CreateOptions): Promise<CreatedApiKey> {
    const request = { ...options, body: key };
    return (await this.connection.json<Reply<'createApiKey'>>('POST', listOf(bucketId), request)).apiKey;
  }

  /** One page: by default 100 keys, oldest first. */
  list(bucketId: string, query?: ApiKeyQuery, options?: CallOptions): Promise<KeyList> {
    return this.connection.json('GET', listOf(bucketId), { ...options, query });
  }

  /** All keys of a bucket. */
  all(
    bucketId: string,
    query: Omit<ApiKeyQuery, 'limit' | 'offset' | 'after'> = {},
    options?: CallOptions,
  ): AsyncGenerator<ListedApiKey, void, undefined> {
    return allOf<ListedApiKey, ApiKeyQuery>(query, async (page) => {
      const { apiKeys, pagination } = await this.list(bucketId, page, options);
      return { items: apiKeys, pagination };
    });
  }

  async get(bucketId: string, keyId: string, options?: CallOptions): Promise<ApiKey> {
    return (await this.connection.json<Reply<'getApiKey'>>('GET', pathOf(bucketId, keyId), options)).apiKey;
  }

  async update(bucketId: string, keyId: string, changes: ApiKeyChanges, options?: CallOptions): Promise<ApiKey> {
    const request = { ...options, body: changes };
    return (await this.connection.json<Reply<'updateApiKey'>>('PATCH', pathOf(bucketId, keyId), request)).apiKey;
  }

  /** Creates a key that replaces another one, which stays valid for a grace period. */
  rotate(
    bucketId: string,
    keyId: string,
    body: Rotation = {},
    options?: CreateOptions,
  ): Promise<Reply<'rotateApiKey'>> {
    return this.connection.json('POST', `${pathOf(bucketId, keyId)}/rotate`, { ...options, body });
  }

  /** Deletes a key. The server refuses it from then on. */
  delete(bucketId: string, keyId: string, options?: CallOptions): Promise<Reply<'deleteApiKey'>> {
    return this.connection.json('DELETE', pathOf(bucketId, keyId), options);
  }

  /** What the server knows of the key of this client: its type, bucket, expiry and rights. */
  async self(options?: CallOptions): Promise<Reply<'getOwnApiKey'>['apiKey']> {
    return (await this.connection.json<Reply<'getOwnApiKey'>>('GET', '/api/keys/self', options)).apiKey;
  }

  /** Rotates the key of this client. Store the new key, then call `client.useKey(key)`. */
  rotateSelf(body: Body<'rotateOwnApiKey'> = {}, options?: CreateOptions): Promise<Reply<'rotateOwnApiKey'>> {
    return this.connection.json('POST', '/api/keys/self/rotate', { ...options, body });
  }
}

function listOf(bucketId: string): string {
  return `/api/buckets/${encodeURIComponent(bucketId)}/keys`;
}

function pathOf(bucketId: string, keyId: string): string {
  return `${listOf(bucketId)}/${encodeURIComponent(keyId)}`;
}
