import { answer, api, type Api } from '../../api/client';
import { DEMO_SENSORS, historyTimes } from './demo-sensors';

/** The bucket of the demo data is recognized by this text. */
export const DEMO_DESCRIPTION =
  'Demo data of a home that does not exist. The browser that created it sends new values while the console is open there.';
const DEMO_NAME = 'Demo home';
const RETENTION_DAYS = 30;
const BATCH = 1000;

/** The demo's bucket, and its data sources in the order of `DEMO_SENSORS`. */
export interface Demo {
  readonly bucketId: string;
  readonly sourceIds: readonly string[];
}

/**
 * Creates a bucket with a week of demo data. If a part fails, what was created is deleted.
 *
 * @param onProgress the share of the history that is stored, from 0 to 1
 */
export async function createDemo(onProgress: (share: number) => void): Promise<Demo> {
  const { bucket } = await answer(
    api.POST('/api/buckets', {
      body: { name: DEMO_NAME, description: DEMO_DESCRIPTION, retentionDays: RETENTION_DAYS },
    }),
  );
  try {
    return await fill(bucket._id, onProgress);
  } catch (cause) {
    await removeDemo(bucket._id).catch(() => undefined);
    throw cause;
  }
}

/** The demo of a bucket that was created before. */
export async function findDemo(bucketId: string): Promise<Demo> {
  const params = { path: { bucketId }, query: { limit: 100 } };
  const { dataSources } = await answer(api.GET('/api/buckets/{bucketId}/sources', { params }));
  const sourceIds = DEMO_SENSORS.map(({ name }) => dataSources.find((one) => one.name === name)?._id);
  return { bucketId, sourceIds: sourceIds.map((id) => id ?? '') };
}

export async function removeDemo(bucketId: string): Promise<void> {
  await answer(api.DELETE('/api/buckets/{bucketId}', { params: { path: { bucketId } } }));
}

async function fill(bucketId: string, onProgress: (share: number) => void): Promise<Demo> {
  const sourceIds: string[] = [];
  for (const { name, schema } of DEMO_SENSORS) {
    const body = { name, schema } as Api<'CreateSourceBody'>;
    const { dataSource } = await answer(
      api.POST('/api/buckets/{bucketId}/sources', { params: { path: { bucketId } }, body }),
    );
    sourceIds.push(dataSource._id);
  }
  const demo = { bucketId, sourceIds };
  const points = historyTimes(Date.now()).flatMap((at) => pointsAt(demo, at));
  for (let begin = 0; begin < points.length; begin += BATCH) {
    onProgress(begin / points.length);
    const body = { bucketId, dataPoints: points.slice(begin, begin + BATCH) };
    await answer(api.POST('/api/data/batch', { params: { query: { quiet: true } }, body }));
  }
  return demo;
}

/** One point of each sensor. */
export function pointsAt({ sourceIds }: Demo, at: number) {
  return DEMO_SENSORS.flatMap(({ valuesAt }, index) => {
    const dataSourceId = sourceIds[index] ?? '';
    // A data source that was deleted since.
    return dataSourceId === '' ? [] : [{ dataSourceId, timestamp: at, values: valuesAt(at) }];
  });
}
