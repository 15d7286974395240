import { makeBucket, makeKey } from './make';
import type { TestApp } from './test-app';

/** A bucket named Greenhouse that InfluxDB's clients write to. */
export interface InfluxScene {
  /** The port of the server. */
  readonly port: number;
  readonly bucketId: string;
  /** A Write key of the bucket. */
  readonly key: string;
  /** A Read key of the bucket. */
  readonly reader: string;
  sources(): Promise<Record<string, any>[]>;
  /** The stored points in the order of their times: the name of their data source, the time, and the values. */
  stored(): Promise<[string, string, object][]>;
}

export async function makeInfluxScene(server: TestApp): Promise<InfluxScene> {
  const bucketId = await makeBucket(server, 'Greenhouse');
  const { key } = await makeKey(server, bucketId, 'write');
  const reader = (await makeKey(server, bucketId, 'read')).key;
  const sources = async () =>
    (await server.call('GET', `/api/buckets/${bucketId}/sources`, { key: reader })).body.dataSources as Record<
      string,
      any
    >[];
  return {
    ...{ port: Number(new URL(server.url).port), bucketId, key, reader, sources },
    async stored() {
      const names = new Map((await sources()).map(({ _id, name }) => [_id, name as string]));
      const query = { bucketId, downsampling: false, filters: { limit: 10_000, sort: 'asc' } };
      const { body } = await server.call('POST', '/api/data/query', { key: reader, body: query });
      return body.data.map(({ dataSourceId, timestamp, values }: any) => [names.get(dataSourceId), timestamp, values]);
    },
  };
}
