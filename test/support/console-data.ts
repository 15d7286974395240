import { makeBucket, makeKey } from './make';
import type { TestApp } from './test-app';

export interface Home {
  readonly bucketId: string;
  readonly climateId: string;
  readonly powerId: string;
  readonly writeKey: string;
  readonly readKey: string;
}

const MINUTE = 60_000;

/** A bucket of a home: a climate sensor that has sent each five minutes for a day, a power meter that has been silent for two days, and its keys. */
export async function makeHome(server: TestApp, { name = 'Home' } = {}): Promise<Home> {
  const bucketId = await makeBucket(server, name);
  const source = async (body: object) => {
    const path = `/api/buckets/${bucketId}/sources`;
    return (await server.call('POST', path, { key: server.adminKey, body })).body.dataSource._id as string;
  };
  const climateId = await source({
    name: 'Living room',
    type: 'sensor',
    schema: { temperature: { type: 'number', unit: '°C' }, humidity: { type: 'number', unit: '%' } },
  });
  const powerId = await source({
    name: 'Power meter',
    type: 'meter',
    schema: { power: { type: 'number', unit: 'W' } },
  });
  const now = Date.now();
  const climate = Array.from({ length: 288 }, (_, index) => ({
    dataSourceId: climateId,
    timestamp: new Date(now - (287 - index) * 5 * MINUTE - MINUTE).toISOString(),
    values: {
      temperature: 21 + 3 * Math.sin(index / 40) + Math.sin(index) / 4,
      humidity: 48 + 6 * Math.cos(index / 50),
    },
  }));
  const power = {
    dataSourceId: powerId,
    timestamp: new Date(now - 2 * 1440 * MINUTE).toISOString(),
    values: { power: 320 },
  };
  await server.call('POST', '/api/data/batch', {
    key: server.adminKey,
    body: { bucketId, dataPoints: [...climate, power] },
  });
  const [write, read] = [
    await makeKey(server, bucketId, 'write'),
    await makeKey(server, bucketId, 'read', { name: 'Wall' }),
  ];
  return { bucketId, climateId, powerId, writeKey: write.key, readKey: read.key };
}
