// npm test leaves this out: random days of points, repeated. evaluation and states evaluate points.
import fc from 'fast-check';
import type { Condition } from '../../src/alerting/conditions/condition';
import { RuleScheduler } from '../../src/alerting/evaluation/rule-scheduler';
import { useAlertScene } from '../support/alert-tests';
import { arrivedAt, daysOf, inGroups, someQuiet, someValues } from '../support/arrival';
import { ON_POSTGRES } from '../support/test-app';
import { damp, hot, MINUTE } from '../support/rules';

const COOLDOWN_MINUTES = 3;
const RULES: readonly (readonly [string, Condition])[] = [
  ['temperature > 30', hot],
  ['temperature > 30 for 5 minutes', { ...hot, durationSeconds: 300 }],
  ['temperature > 30 and humidity >= 80', { operator: 'and', conditions: [hot, damp] }],
  [
    'temperature > 30 or humidity >= 80 for 2 minutes',
    { operator: 'or', conditions: [hot, damp], durationSeconds: 120 },
  ],
  [
    'temperature > 30 for 4 minutes and humidity >= 80',
    { operator: 'and', conditions: [{ ...hot, durationSeconds: 240 }, damp] },
  ],
];

const scene = useAlertScene();
const { call } = scene;
beforeAll(async () => {
  // All points are in the past, so the timer must not make anything due in the meantime.
  await scene.app.app.get(RuleScheduler).onApplicationShutdown();
});

async function makeSource(): Promise<string> {
  const body = { name: 'Own', schema: { temperature: 'number', humidity: 'number' } };
  const made = await call('POST', `/api/buckets/${scene.bucketId}/sources`, { key: scene.writeKey, body });
  return made.body.dataSource._id as string;
}

type Point = readonly [seconds: number, values: Record<string, number>];

/** Sends points at these seconds after a start, in batches of a thousand. */
async function sendAll(dataSourceId: string, start: number, points: readonly Point[]): Promise<void> {
  for (let sent = 0; sent < points.length; sent += 1000) {
    const dataPoints = points
      .slice(sent, sent + 1000)
      .map(([seconds, values]) => ({ dataSourceId, values, timestamp: start + seconds * 1000 }));
    expect((await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } })).status).toBe(201);
  }
}

it.each([250, 2500])(
  'resolves an alert by the newest value of its own field when another device is %d points ahead',
  async (ahead) => {
    const dataSourceId = await makeSource();
    const { _id: id } = await scene.makeRule('temperature > 30', { dataSourceId, cooldownMinutes: COOLDOWN_MINUTES });
    const now = Date.now() - MINUTE;
    const send = (points: readonly Point[]) => sendAll(dataSourceId, now, points);
    await send([[-30, { temperature: 31 }]]);
    await send(Array.from({ length: ahead }, (_, nth): Point => [-10 + nth / 500, { humidity: 40 }]));
    await send([[-20, { temperature: 20 }]]);
    await send([[0, { humidity: 40 }]]);
    const { body } = await call('GET', `/api/alerts/${id}/history`, { key: scene.readKey });
    expect(body.history.map(({ event, timestamp }: any) => [event, Date.parse(timestamp) - now])).toEqual([
      ['resolved', -20_000],
      ['triggered', -30_000],
    ]);
  },
);

it.each([
  [2990, ['triggered', 'resolved']],
  [3010, []],
])('considers %d points around a late one: %j', async (count, events) => {
  const dataSourceId = await makeSource();
  const { _id: id } = await scene.makeRule('temperature > 30', { dataSourceId });
  const start = Date.now() - 60 * MINUTE;
  await sendAll(
    dataSourceId,
    start,
    Array.from({ length: count }, (_, second): Point => [second, { temperature: 20 }]),
  );
  await sendAll(dataSourceId, start, [[0.5, { temperature: 31 }]]);
  const { body } = await call('GET', `/api/alerts/${id}/history`, { key: scene.readKey });
  expect(body.history.map(({ event }: any) => event).reverse()).toEqual(events);
});

const days = inGroups(daysOf(someValues, { most: 30 }));

it.each([
  ['live points in any order', days, ON_POSTGRES ? 10 : 30],
  ['live and quiet points in any order', someQuiet(days), ON_POSTGRES ? 6 : 20],
])('stores the same result as a simple evaluation for %s', async (_, ofDays, numRuns) => {
  const seed = Date.now();
  for (const [nth, day] of fc.sample(ofDays, { seed, numRuns }).entries()) {
    const dataSourceId = await makeSource();
    const ids: string[] = [];
    for (const [condition] of RULES)
      ids.push((await scene.makeRule(condition, { dataSourceId, cooldownMinutes: COOLDOWN_MINUTES }))._id as string);
    const start = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE;
    for (const group of day) {
      const dataPoints = group.map(({ minute, values }) => {
        return { dataSourceId, values, timestamp: start + minute * MINUTE };
      });
      const isQuiet = group.some(({ quiet }) => quiet);
      const body = { bucketId: scene.bucketId, dataPoints };
      const path = `/api/data/batch${isQuiet ? '?quiet=true' : ''}`;
      expect((await call('POST', path, { key: scene.app.adminKey, body })).status).toBe(201);
    }
    const arrive = arrivedAt(start);
    for (const [index, [text, condition]] of RULES.entries()) {
      const { transitions, alertState } = arrive({ condition, cooldownMillis: COOLDOWN_MINUTES * MINUTE }, day);
      const id = ids[index] as string;
      const { body } = await call('GET', `/api/alerts/${id}/history?limit=1000`, { key: scene.readKey });
      const sent = body.history.map(({ event, timestamp }: any) => `${event} ${timestamp}`).sort();
      const wanted = transitions.map(({ event, at }) => `${event} ${new Date(at).toISOString()}`).sort();
      expect({ seed, nth, day: JSON.stringify(day), text, sent, state: (await scene.rule(id)).state }).toEqual({
        ...{ seed, nth, day: JSON.stringify(day), text, sent: wanted, state: alertState.state },
      });
    }
  }
});
