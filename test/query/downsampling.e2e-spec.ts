import { evenly, iso, QueryScene, START } from '../support/query-scene';

const MINUTE = 60_000;
const DAY = 86_400_000;

let bucketId: string;
let keys: { write: string; read: string };
let sourceId: string;
const { call, ask, store } = QueryScene.use((scene) => ({ bucketId, keys, sourceId } = scene));

describe('automatic downsampling', () => {
  it('starts above 500 points, and is reported in the answer', async () => {
    await store(evenly(500, 20_000));
    expect((await ask()).body.metadata.downsamplingApplied).toBe(false);
    await store(evenly(1, 20_000, START + 500 * 20_000));
    const { body } = await ask();
    expect(body.metadata).toEqual({
      count: 167,
      hasMore: false,
      downsamplingApplied: true,
      aggregation: 'avg',
      groupBy: 'minute',
    });
    expect(body.data[0]).toEqual({
      timestamp: iso(START),
      dataSourceId: sourceId,
      values: { temperature: 1 },
      count: 3,
    });
  });

  it.each([
    [500, MINUTE, 'none'],
    [501, MINUTE, 'hour'],
    [501, 60 * MINUTE, 'day'],
    [501, DAY, 'week'],
    [600, 7 * DAY, 'month'],
  ])('of %i points %i ms apart uses the smallest unit with about 500 rows: %s', async (count, step, unit) => {
    await store(evenly(count, step, Date.UTC(2010, 0, 4)));
    expect((await ask()).body.metadata.groupBy ?? 'none').toBe(unit);
  });

  it('does not apply to few points with a gap, one point or none', async () => {
    expect((await ask()).body).toEqual({
      data: [],
      metadata: { count: 0, hasMore: false, downsamplingApplied: false },
    });
    await store(evenly(1, MINUTE));
    expect((await ask()).body.metadata.downsamplingApplied).toBe(false);
    await store(evenly(300, MINUTE, START + 40 * DAY));
    expect((await ask()).body.metadata.downsamplingApplied).toBe(false);
    await store(evenly(300, MINUTE, START + 80 * DAY));
    expect((await ask()).body.metadata).toMatchObject({ downsamplingApplied: true, groupBy: 'hour', count: 11 });
  });

  it('does not apply if the query or a data source disables it, or after a cursor', async () => {
    await store(evenly(600, MINUTE));
    const raw = await ask({ downsampling: false });
    expect([raw.body.data.length, raw.body.metadata.downsamplingApplied]).toEqual([100, false]);
    const next = await ask({ filters: { cursor: raw.body.metadata.nextCursor as string } });
    expect(next.body.metadata.downsamplingApplied).toBe(false);
    await call('PATCH', `/api/buckets/${bucketId}/sources/${sourceId}`, { downsampling: false }, keys.write);
    expect((await ask()).body.metadata.downsamplingApplied).toBe(false);
  });

  it('averages numbers, and returns the last value of other types', async () => {
    await store(
      evenly(600, 30_000).map(({ at, values }, index) => ({
        at,
        values: { ...values, door: index % 2 === 0, note: `n${index}` },
      })),
    );
    expect((await ask()).body.data[0].values).toEqual({ temperature: 0.5, door: false, note: 'n1' });
  });
});
