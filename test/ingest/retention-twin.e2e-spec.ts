// npm test leaves this out: random histories, repeated.
import fc from 'fast-check';
import { makeOrganization } from '../support/make';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const RETENTION_DAYS = 3;

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

interface TestPoint {
  readonly source: number;
  /** Milliseconds after the start of the retention; negative for hidden points. */
  readonly offset: number;
  readonly values: object;
  readonly metadata: object | null;
}

/** An organization with one bucket of two sources. */
class Twin {
  private constructor(
    readonly key: string,
    readonly bucketId: string,
    readonly sources: readonly string[],
  ) {}

  static async create(): Promise<Twin> {
    const key = await makeOrganization(server);
    const post = async (path: string, body: object) => (await server.call('POST', path, { key, body })).body;
    const bucketId = (await post('/api/buckets', { name: 'Twin' })).bucket._id as string;
    const schema = { t: 'number', door: 'boolean', note: 'string' };
    const sources: string[] = [];
    for (const name of ['One', 'Other'])
      sources.push((await post(`/api/buckets/${bucketId}/sources`, { name, schema })).dataSource._id as string);
    return new Twin(key, bucketId, sources);
  }

  async fill(sent: readonly TestPoint[], boundary: number): Promise<void> {
    if (sent.length > 0) {
      const dataPoints = sent.map(({ source, offset, ...point }) => ({
        ...{ dataSourceId: this.sources[source], timestamp: boundary + offset, ...point },
      }));
      const answer = await this.call('POST', '/api/data/batch', { bucketId: this.bucketId, dataPoints });
      expect(answer.status).toBe(201);
    }
    await this.call('PATCH', `/api/buckets/${this.bucketId}`, { retentionDays: RETENTION_DAYS });
  }

  call(method: string, path: string, body?: object) {
    return server.call(method, path, { key: this.key, body });
  }

  /** A response with generated values such as ids replaced. */
  async normalizedReply(method: string, path: string, body?: object): Promise<unknown> {
    const own = { '<bucket>': this.bucketId, '<one>': this.sources[0] ?? '', '<other>': this.sources[1] ?? '' };
    const filled = (text: string) => Object.entries(own).reduce((all, [name, id]) => all.replaceAll(name, id), text);
    const answer = await this.call(method, filled(path), body && (JSON.parse(filled(JSON.stringify(body))) as object));
    const text = Object.entries(own).reduce((all, [name, id]) => all.replaceAll(id, name), JSON.stringify(answer.body));
    return JSON.parse(text, (name, value: unknown) =>
      ['_id', 'nextCursor', 'createdAt', 'updatedAt', 'organizationId', 'hour'].includes(name) ? '…' : value,
    ) as unknown;
  }
}

const sents = fc.array(
  fc.record({
    source: fc.nat(1),
    offset: fc.oneof(
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: -30 * MINUTE, max: 30 * MINUTE }),
      fc.integer({ min: 0, max: 2 * DAY }),
      fc.integer({ min: -400 * DAY, max: 0 }),
    ),
    values: fc.constantFrom<object>({ t: 1 }, { t: 5, door: true }, { note: 'a' }, { t: -3, door: false, note: 'b' }),
    metadata: fc.constantFrom(null, { device: 1 }, { device: 2 }),
  }),
  { maxLength: 60 },
);
const wishes = fc.record({
  aggregation: fc.constantFrom<unknown>('avg', ['min', 'max', 'count', 'stddev'], ['first', 'last'], ['p95', 'sum']),
  groupBy: fc.constantFrom(undefined, 'minute', '15m', 'hour', '6h', 'day', 'month'),
  fill: fc.constantFrom('none', 'null', 'previous', 'linear'),
  start: fc.constantFrom(undefined, -20 * DAY, -10 * MINUTE, DAY),
  sort: fc.constantFrom(undefined, 'asc', 'desc'),
  metadata: fc.constantFrom(undefined, { device: 1 }),
  fields: fc.constantFrom(undefined, ['t'], ['door', 'note']),
});

it('returns the same as a bucket that never had the hidden points', async () => {
  await fc.assert(
    fc.asyncProperty(sents, fc.array(wishes, { minLength: 4, maxLength: 8 }), async (sent, asked) => {
      jest.restoreAllMocks();
      // Otherwise the start of the retention would move between requests.
      const now = Date.now();
      jest.spyOn(Date, 'now').mockReturnValue(now);
      const boundary = now - RETENTION_DAYS * DAY;
      const [all, visible] = [await Twin.create(), await Twin.create()];
      await all.fill(sent, boundary);
      await visible.fill(
        sent.filter(({ offset }) => offset >= 0),
        boundary,
      );
      const same = async (method: string, path: string, body?: object) =>
        expect([path, body, await all.normalizedReply(method, path, body)]).toEqual([
          ...[path, body, await visible.normalizedReply(method, path, body)],
        ]);
      for (const { start, sort, metadata, fields, groupBy, fill, aggregation } of asked) {
        const startTime = start === undefined ? undefined : new Date(boundary + start).toISOString();
        // Both buckets get the same request time.
        const endTime = new Date(boundary + 2 * DAY).toISOString();
        const filters = { startTime, endTime, sort, metadata, fields };
        const grouping = groupBy === undefined ? { aggregation } : { aggregation, groupBy, fill };
        await same('POST', '/api/data/query', { bucketId: '<bucket>', filters, ...grouping });
        await same('POST', '/api/data/query', { bucketId: '<bucket>', filters, downsampling: false });
        await same('POST', '/api/data/query', { bucketId: '<bucket>', filters: { ...filters, limit: 3, offset: 2 } });
      }
      for (const mode of ['points', 'fields']) await same('GET', `/api/data/latest?bucketId=<bucket>&mode=${mode}`);
      await same('GET', '/api/buckets/<bucket>');
      for (const source of ['<one>', '<other>']) await same('GET', `/api/buckets/<bucket>/sources/${source}`);
      await same('GET', '/api/analytics/buckets/<bucket>?period=90d');
      const range = { startTime: '2000-01-01T00:00:00Z', endTime: new Date(boundary + 2 * DAY).toISOString() };
      for (const dataSourceId of ['<one>', '<other>']) {
        const preview = { bucketId: '<bucket>', dataSourceId, condition: 't > 3', ...range };
        await same('POST', '/api/alerts/preview', preview);
      }
      await same('DELETE', '/api/data', { bucketId: '<bucket>', ...range });
      await same('DELETE', '/api/buckets/<bucket>');
    }),
    { numRuns: ON_POSTGRES ? 6 : 12 },
  );
});
