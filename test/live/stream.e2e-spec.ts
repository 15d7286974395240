import { makeBucket, makeKey, makeOrganization, makeSource } from '../support/make';
import { refused, seen } from '../support/refusals';
import { at, point, StreamScene } from '../support/stream-scene';

const STREAM = '/api/data/stream';
const NDJSON = { Accept: 'application/x-ndjson' };
const scene = new StreamScene();

describe('GET /api/data/stream', () => {
  it('sends each point as a query returns it, with its bucket', async () => {
    const reading = await scene.stream();
    await scene.store([{ ...point(1, 21.5), metadata: { device: 'esp32-7' } }]);
    await reading.points(1);

    const queried = await scene.server.call('POST', '/api/data/query', { key: scene.readKey, body: {} });
    expect(reading.events.at(-1)).toEqual({
      event: 'point',
      id: expect.stringMatching(/^[0-9a-z]+-[0-9a-z]+$/),
      data: { ...queried.body.data[0], bucketId: scene.bucketId },
    });
  });

  it('sends headers that keep proxies from buffering, compressing and storing it', async () => {
    const { response, text } = await scene.stream('', {
      key: scene.readKey,
      headers: { 'Accept-Encoding': 'gzip, br' },
    });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(text).toMatch(/^retry: \d+\n\n/);
  });

  it('follows the order of commits, and sends an updated point again', async () => {
    const reading = await scene.stream();
    await scene.store([point(50, 1)]);
    await reading.points(1);
    await scene.store([point(10, 2)]);
    await reading.points(2);
    await scene.store([point(50, 3)]);
    await reading.points(3);
    expect(reading.temperatures).toEqual([1, 2, 3]);
    const numbers = reading.events.slice(1).map(({ id }) => parseInt(id?.split('-')[0] ?? '', 36));
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    expect(new Set(numbers).size).toBe(3);
  });

  it('does not send what was already stored, nor what is rejected', async () => {
    const reading = await scene.stream();
    await scene.store([point(1, 1)]);
    await reading.points(1);
    await scene.store([point(1, 1)]);
    const bad = {
      key: scene.server.adminKey,
      body: { bucketId: scene.bucketId, dataPoints: [{ dataSourceId: scene.sourceId, values: { x: 1 } }] },
    };
    expect((await scene.server.call('POST', '/api/data/batch', bad)).status).toBe(400);
    await scene.store([point(2, 2)]);
    await reading.points(2);
    expect(reading.temperatures).toEqual([1, 2]);
  });

  it('sends all points of large batches to all readers, each once and in order', async () => {
    const readers = [await scene.stream(), await scene.stream(), await scene.stream()];
    const count = 5;
    await Promise.all(
      Array.from({ length: count }, (_, batch) =>
        scene.store(
          Array.from({ length: 1000 }, (_, index) => point(0, batch * 1000 + index)).map((one, index) => ({
            ...one,
            timestamp: Date.UTC(2024, 0, 1) + batch * 1_000_000 + index,
          })),
        ),
      ),
    );
    for (const reader of readers) {
      await reader.points(count * 1000);
      expect([...reader.temperatures].sort((one, other) => one - other)).toEqual(
        Array.from({ length: count * 1000 }, (_, index) => index),
      );
      expect(reader.temperatures).toEqual(readers[0]?.temperatures);
    }
  });

  it('is NDJSON where the client prefers it', async () => {
    const reading = await scene.stream('', { key: scene.readKey, headers: NDJSON });
    expect(reading.response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    await scene.store([point(1, 5)]);
    await reading.points(1);
    const lines = reading.text.split('\n').filter((line) => line !== '');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: 'ready', id: expect.any(String), data: { bucketId: scene.bucketId } },
      {
        event: 'point',
        id: expect.any(String),
        data: { bucketId: scene.bucketId, dataSourceId: scene.sourceId, values: { t: 5 } },
      },
    ]);
  });

  it('answers HEAD with the headers alone, and other methods with 405', async () => {
    const head = await scene.server.call('HEAD', STREAM, { key: scene.readKey });
    expect([head.status, head.headers.get('content-type'), head.body]).toEqual([
      ...[200, 'text/event-stream; charset=utf-8'],
      '',
    ]);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await scene.server.call(method, STREAM, { key: scene.readKey });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  });
});

describe('the filters', () => {
  it('are data sources, fields and metadata', async () => {
    const body = { name: 'Other', schema: { t: 'number', h: 'number' } };
    const made = await scene.server.call('POST', `/api/buckets/${scene.bucketId}/sources`, {
      key: scene.server.adminKey,
      body,
    });
    const other = made.body.dataSource._id as string;
    const [all, one, both, fields, device] = [
      await scene.stream(),
      await scene.stream(`?dataSourceId=${other.toUpperCase()}`),
      await scene.stream(`?dataSourceId=${scene.sourceId}&dataSourceId=${other}`),
      await scene.stream('?fields=h'),
      await scene.stream(`?metadata=${encodeURIComponent('{"device":"a"}')}`),
    ];
    await scene.store([
      point(1, 1),
      { dataSourceId: other, timestamp: at(2), values: { t: 2, h: 50 }, metadata: { device: 'a', room: 'x' } },
      { dataSourceId: other, timestamp: at(3), values: { t: 3 }, metadata: { device: 'b' } },
    ]);
    await Promise.all([all.points(3), one.points(2), both.points(3), fields.points(1), device.points(1)]);
    await scene.store([{ dataSourceId: other, timestamp: at(4), values: { t: 4, h: 51 }, metadata: { device: 'a' } }]);
    await Promise.all([all.points(4), one.points(3), both.points(4), fields.points(2), device.points(2)]);
    expect(all.temperatures).toEqual([1, 2, 3, 4]);
    expect(one.temperatures).toEqual([2, 3, 4]);
    expect(both.temperatures).toEqual([1, 2, 3, 4]);
    expect(device.temperatures).toEqual([2, 4]);
    expect(fields.events.slice(1).map(({ data }) => data.values)).toEqual([{ h: 50 }, { h: 51 }]);
  });

  it.each([
    ['?dataSourceId=x', 'dataSourceId must be 1 to 100 data source IDs'],
    ['?metadata=x', 'metadata must be a JSON object of up to 20 strings, numbers, booleans or nulls'],
    ['?since=yesterday', 'since must be the id of an event, a duration up to 24h such as 10m, or latest'],
    ['?since=25h', 'since must be the id of an event, a duration up to 24h such as 10m, or latest'],
    ['?fields=', 'fields must be 1 to 100 field names'],
    ['?fields=nope', 'The data source has no field nope'],
    ['?bucketId=x', 'Invalid bucket ID format'],
  ])('refuses %s', async (query, message) => {
    expect(seen(await scene.server.call('GET', STREAM + query, { key: scene.readKey }))).toMatchObject({
      status: 400,
      body: { message },
    });
  });
});

describe('the rights', () => {
  it('are those of queries: an Admin key names a bucket of its organization', async () => {
    const unnamed = await scene.server.call('GET', STREAM, { key: scene.server.adminKey });
    expect(seen(unnamed)).toEqual(refused(400, 'Validation Error', 'bucketId is required'));
    const reading = await scene.stream(`?bucketId=${scene.bucketId}`, { key: scene.server.adminKey });
    await scene.store([point(1, 1)]);
    await reading.points(1);
    const stranger = await makeOrganization(scene.server);
    const answer = await scene.server.call('GET', `${STREAM}?bucketId=${scene.bucketId}`, { key: stranger });
    expect(seen(answer)).toEqual(refused(404, 'Not Found', 'Bucket not found'));
  });

  it('of a key of a bucket end at that bucket, and of a bound key at its data source', async () => {
    const other = await makeSource(scene.server, scene.bucketId, 'Other');
    const bound = (await makeKey(scene.server, scene.bucketId, 'read', { dataSourceId: other })).key;
    const reading = await scene.stream('', { key: bound });
    await scene.store([point(1, 1), { dataSourceId: other, values: { t: 2 } }]);
    await reading.points(1);
    expect(reading.temperatures).toEqual([2]);
    const named = await scene.server.call('GET', `${STREAM}?dataSourceId=${scene.sourceId}`, { key: bound });
    expect(seen(named)).toEqual(refused(403, 'Forbidden', 'API key does not have access to this data source'));
    const elsewhere = await scene.server.call('GET', `${STREAM}?bucketId=${await makeBucket(scene.server)}`, {
      key: scene.readKey,
    });
    expect(seen(elsewhere)).toEqual(refused(403, 'Forbidden', 'API key does not have access to this bucket'));
    const writeOnly = (await makeKey(scene.server, scene.bucketId, 'write', { writeOnly: true })).key;
    expect(seen(await scene.server.call('GET', STREAM, { key: writeOnly }))).toEqual(
      refused(403, 'Forbidden', 'Write-only keys cannot read data'),
    );
  });
});
