import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { findBucketIdsByName, listBucketNames } from '../buckets/bucket-rows';
import { ApiError, shortName, type Refusal } from '../common/errors';
import { isId } from '../common/ids';
import { LruMap } from '../common/lru-map';
import { NAME_AMBIGUOUS } from './influx.errors';

export const MAX_KNOWN_NAMES = 1000;

/** What to answer about a bucket, in the words of the route. */
export interface BucketRefusals {
  readonly missing: Refusal;
  readonly unknown: Refusal;
}

/** Finds buckets by what InfluxDB's clients name them: the name, the id, or either with a retention policy after a slash. */
@Injectable()
export class NamedBuckets {
  /** The ids of names. An entry is only a hint: the bucket may have another name by now. */
  private readonly known = new LruMap<string, string>(MAX_KNOWN_NAMES);

  constructor(
    private readonly dataSource: DataSource,
    private readonly access: BucketAccess,
  ) {}

  /** @throws ApiError for a bucket that does not exist or is not the key's, and for a name that several buckets have */
  async idOf(key: CurrentApiKey, named: unknown, { missing, unknown }: BucketRefusals): Promise<string> {
    const name = typeof named === 'string' ? named : '';
    if (name === '' && key.bucketId === null) throw new ApiError(missing);
    const id = await this.findId(key, name);
    if (id === undefined) throw new ApiError(unknown, { words: { name: shortName(name) } });
    return id;
  }

  /**
   * The same, undefined for a bucket that does not exist or is not the key's. An empty name is the bucket of the key.
   *
   * @throws ApiError for a name that several buckets have
   */
  findId(key: CurrentApiKey, name: string): Promise<string | undefined> {
    return key.bucketId === null ? this.find(key, name) : this.own(key, key.bucketId, name);
  }

  /** The names of the buckets that a key can access, sorted. */
  async namesOf(key: CurrentApiKey): Promise<readonly string[]> {
    if (key.bucketId !== null) return [(await this.access.get(key, key.bucketId)).name];
    return listBucketNames(this.dataSource.manager, key.organizationId);
  }

  private async own(key: CurrentApiKey, bucketId: string, name: string): Promise<string | undefined> {
    if (name === '' || namesOf(name).some((one) => one.toLowerCase() === bucketId)) return bucketId;
    const bucket = await this.access.get(key, bucketId);
    return namesOf(name).includes(bucket.name) ? bucketId : undefined;
  }

  private async find(key: CurrentApiKey, name: string): Promise<string | undefined> {
    const { organizationId } = key;
    const hint = this.known.get(`${organizationId} ${name}`);
    if (hint !== undefined && (await this.hasName(key, hint, name))) return hint;
    for (const one of namesOf(name)) {
      const id = one.toLowerCase();
      if (isId(one) && (await this.hasName(key, id))) return id;
      const [found, other] = await findBucketIdsByName(this.dataSource.manager, organizationId, one);
      if (other !== undefined) throw new ApiError(NAME_AMBIGUOUS, { words: { name: shortName(one) } });
      if (found === undefined) continue;
      this.known.set(`${organizationId} ${name}`, found);
      return found;
    }
    return undefined;
  }

  /** @param name undefined for any */
  private async hasName(key: CurrentApiKey, id: string, name?: string): Promise<boolean> {
    try {
      const bucket = await this.access.get(key, id);
      return name === undefined || namesOf(name).includes(bucket.name);
    } catch (cause) {
      if (cause instanceof ApiError) return false;
      throw cause;
    }
  }
}

/** The name itself, and without a retention policy: `home/autogen` is `home`. */
function namesOf(name: string): string[] {
  const slash = name.lastIndexOf('/');
  const normal = name.normalize('NFC');
  return slash > 0 ? [normal, normal.slice(0, normal.lastIndexOf('/'))] : [normal];
}
