import { setImmediate } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import type { BucketAccess } from '../buckets/bucket-access';
import type { SourcePoints } from './source-points';
import { SourceStats } from './source-stats';
import type { SourcesService } from './sources.service';

const REQUESTS = 12;

it('counts the points of one data source at a time on SQLite, and gives others a turn after each', async () => {
  const perTurn = [0];
  let counted = 0;
  const points = {
    statsOf: () => {
      perTurn[perTurn.length - 1] = (perTurn.at(-1) ?? 0) + 1;
      counted += 1;
      return Promise.resolve({ count: counted, firstAt: null, lastAt: null });
    },
  } as unknown as SourcePoints;
  const dataSource = { manager: { connection: { options: { type: 'better-sqlite3' } } } } as unknown as DataSource;
  const buckets = { get: () => Promise.resolve({ retentionDays: null }) } as unknown as BucketAccess;
  const sources = { get: () => Promise.resolve({ number: 1 }) } as unknown as SourcesService;
  const stats = new SourceStats(dataSource, buckets, sources, points);
  const key = { organizationId: 'o', lineId: 'l' } as unknown as CurrentApiKey;
  const all = Promise.all(Array.from({ length: REQUESTS }, () => stats.get(key, 'b', 's')));
  while (counted < REQUESTS) {
    await setImmediate();
    perTurn.push(0);
  }
  expect((await all).map(({ stats: { count } }) => count)).toEqual(
    Array.from({ length: REQUESTS }, (_, index) => index + 1),
  );
  expect(Math.max(...perTurn)).toBe(1);
});
