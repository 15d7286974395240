import { DataSource } from 'typeorm';
import type { TestApp } from './test-app';

const textOf = (value: unknown) => String(value);

const numbers = (list: readonly object[]) => list.map((row) => Object.values(row).map(textOf).join(' ')).sort();

/** The counters of the metadata of a bucket, and the number of stored rows. */
export async function metadataCounts({ app }: TestApp, bucketId: string) {
  const rows = (sql: string) => app.get(DataSource).query<object[]>(sql);
  const ofBucket = `bucket_id = '${bucketId}'`;
  const stored = `FROM point_metadata m JOIN data_sources s ON s.number = m.source WHERE s.${ofBucket}`;
  return {
    counted: numbers(await rows(`SELECT line, count FROM metadata_counts WHERE ${ofBucket}`)),
    stored: numbers([
      ...(await rows(`SELECT '' AS line, count(*) AS count ${stored} HAVING count(*) > 0`)),
      ...(await rows(`SELECT m.line, count(*) AS count ${stored} AND m.line IS NOT NULL GROUP BY m.line`)),
    ]),
    inSources: numbers(await rows(`SELECT metadata_count FROM data_sources WHERE ${ofBucket}`)),
    storedInSources: numbers(
      await rows(
        `SELECT (SELECT count(*) FROM point_metadata m WHERE m.source = s.number) FROM data_sources s WHERE ${ofBucket}`,
      ),
    ),
  };
}

/** Fails unless every counter equals what is stored. */
export async function expectCountsHold(app: TestApp, bucketId: string): Promise<void> {
  const { counted, stored, inSources, storedInSources } = await metadataCounts(app, bucketId);
  expect(counted).toEqual(stored);
  expect(inSources).toEqual(storedInSources);
}
