import type { CurrentApiKey } from '../auth/current-key.decorator';
import { InfluxQLError } from '../influxql/influxql-error';
import type { Databases } from '../influxql/statement-context';
import type { NamedBuckets } from './named-bucket';

/** The buckets that a key can access, as databases. */
export class KeyDatabases implements Databases {
  constructor(
    private readonly buckets: NamedBuckets,
    private readonly key: CurrentApiKey,
  ) {}

  async bucketIdOf(name: string | undefined): Promise<string> {
    if (!name && this.key.bucketId === null) throw new InfluxQLError('database name required');
    const id = await this.buckets.findId(this.key, name ?? '');
    if (id === undefined) throw new InfluxQLError(`database not found: ${name ?? ''}`);
    return id;
  }

  names(): Promise<readonly string[]> {
    return this.buckets.namesOf(this.key);
  }
}
