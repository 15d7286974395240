// test:all leaves PostgreSQL out: what is read and refused is the same on each database.
import { useAlertScene } from '../support/alert-tests';
import { ABSENT_ID, refused, seen } from '../support/refusals';

const scene = useAlertScene();
const { call } = scene;

const parse = (condition: string, more: object = {}) =>
  call('POST', '/api/alerts/parse', {
    key: scene.readKey,
    body: { dataSourceId: scene.sourceId, condition, ...more },
  });

describe('POST /api/alerts/parse', () => {
  it.each([
    ['if the temperature goes over 30 °C for five minutes', 'temperature is greater than 30 for 5 minutes'],
    [
      '30 < temperature && (door open || humidity<=20)',
      'temperature is greater than 30 and (door is true or humidity is at most 20)',
    ],
    ['temperature not between 10 and 20', 'temperature is less than 10 or temperature is greater than 20'],
    ['nothing received for an hour', 'no data for 1 hour'],
  ])('says how %j is understood', async (condition, normalizedCondition) => {
    const { status, body } = await parse(condition);
    expect([status, Object.keys(body)]).toEqual([200, ['parsedCondition', 'normalizedCondition']]);
    expect(body.normalizedCondition).toBe(normalizedCondition);
    expect((await parse(normalizedCondition)).body).toEqual(body);
    const made = await scene.makeRule(condition);
    expect(made.parsedCondition).toEqual(body.parsedCondition);
  });

  it('stores nothing', async () => {
    const count = async () =>
      (await call('GET', `/api/buckets/${scene.bucketId}/alerts`, { key: scene.readKey })).body.pagination
        .total as number;
    const before = await count();
    await parse('temperature > 30');
    expect(await count()).toBe(before);
  });

  it('names what is missing', async () => {
    const absent = await parse('temperature > 30', { dataSourceId: ABSENT_ID });
    expect(seen(absent)).toEqual(refused(404, 'Not Found', 'Data source not found'));
    const empty = await parse('');
    expect([empty.status, empty.body.message]).toEqual([400, 'Condition is required']);
  });
});

it.each([
  ['temprature > 40', { start: 0, end: 10 }, 'temperature'],
  ['temperature > 40 fro 5 minutes', { start: 17, end: 20 }, 'for'],
  ['temperature > 86 °F', { start: 17, end: 19 }, '°C'],
  ['temperature > 30 and', { start: 20, end: 20 }, 'temperature'],
  // The accent is a character of its own: offsets count in the composed form, as the server reads it.
  ['de\u0301but > 30', { start: 0, end: 5 }, 'temperature'],
])('a refusal of %j says where, and what could stand there, on every route', async (condition, at, word) => {
  const times = { startTime: '2024-01-01T00:00:00Z', endTime: '2024-01-02T00:00:00Z' };
  const { _id } = await scene.makeRule('temperature > 1000');
  const named = { dataSourceId: scene.sourceId, condition };
  const key = scene.writeKey;
  const answers = [
    await parse(condition),
    await call('POST', '/api/alerts', { key, body: { ...named, name: 'x' } }),
    await call('PATCH', `/api/alerts/${_id}`, { key, body: { condition } }),
    await call('POST', '/api/alerts/preview', { key, body: { ...named, ...times } }),
  ];
  for (const { status, body, headers } of answers) {
    expect([status, headers.get('x-error-code'), body.error]).toEqual([400, 'invalid_condition', 'Validation Error']);
    const path = ['body', 'condition'];
    expect(body.details).toEqual([{ path, message: body.message, at, expected: expect.any(Array) }]);
    expect(body.details[0].expected[0]).toBe(word);
  }
});
