import fc from 'fast-check';
import type { Condition } from '../src/conditions/condition';
import { RuleTimer } from '../src/rules/rule-timer';
import { startAlertScene, type AlertScene } from './support/alerts';
import { arrivedAt, daysOf, inGroups, MINUTE, someValues } from './support/arrival';
import { startReceiver, type Receiver } from './support/receiver';

const DAYS = 40;
const COOLDOWN_MINUTES = 3;
const hot = { field: 'temperature', operator: 'gt', value: 30 } as const;
const damp = { field: 'humidity', operator: 'gte', value: 80 } as const;
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

let receiver: Receiver;
let scene: AlertScene;
beforeAll(async () => {
  receiver = await startReceiver();
  scene = await startAlertScene(receiver);
  // All points are from the past: nothing may become due by the clock meanwhile.
  await scene.app.app.get(RuleTimer).onApplicationShutdown();
});
afterAll(async () => {
  await scene.app.stop();
  await receiver.close();
});

const call: AlertScene['app']['call'] = (...args) => scene.app.call(...args);

async function makeSource(): Promise<string> {
  const body = { name: 'Own', schema: { temperature: 'number', humidity: 'number' } };
  const made = await call('POST', `/api/buckets/${scene.bucketId}/sources`, { key: scene.writeKey, body });
  return made.body.dataSource._id as string;
}

it('ends an alarm by the newest value of its own field, though another device of the source is ahead', async () => {
  const dataSourceId = await makeSource();
  const { _id: id } = await scene.makeRule('temperature > 30', { dataSourceId, cooldownMinutes: COOLDOWN_MINUTES });
  const now = Date.now() - MINUTE;
  const send = async (points: readonly (readonly [seconds: number, values: Record<string, number>])[]) => {
    const dataPoints = points.map(([seconds, values]) => ({ dataSourceId, values, timestamp: now + seconds * 1000 }));
    expect((await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } })).status).toBe(201);
  };
  await send([[-30, { temperature: 31 }]]);
  await send(Array.from({ length: 250 }, (_, nth) => [-10 + nth / 50, { humidity: 40 }]));
  await send([[-20, { temperature: 20 }]]);
  await send([[0, { humidity: 40 }]]);
  const { body } = await call('GET', `/api/alerts/${id}/history`, { key: scene.readKey });
  expect(body.history.map(({ event, timestamp }: any) => [event, Date.parse(timestamp) - now])).toEqual([
    ['resolved', -20_000],
    ['triggered', -30_000],
  ]);
});

it('stores, in whatever order points come, what the plain judgement makes of them', async () => {
  const seed = Date.now();
  for (const [nth, day] of fc.sample(inGroups(daysOf(someValues, { most: 30 })), { seed, numRuns: DAYS }).entries()) {
    const dataSourceId = await makeSource();
    const ids: string[] = [];
    for (const [condition] of RULES)
      ids.push((await scene.makeRule(condition, { dataSourceId, cooldownMinutes: COOLDOWN_MINUTES }))._id as string);
    const start = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE;
    for (const group of day) {
      const dataPoints = group.map(({ minute, values }) => {
        return { dataSourceId, values, timestamp: start + minute * MINUTE };
      });
      expect((await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } })).status).toBe(201);
    }
    const arrive = arrivedAt(start);
    for (const [index, [text, condition]] of RULES.entries()) {
      const { bells, memory } = arrive({ condition, cooldownMillis: COOLDOWN_MINUTES * MINUTE }, day);
      const id = ids[index] as string;
      const { body } = await call('GET', `/api/alerts/${id}/history?limit=1000`, { key: scene.readKey });
      const told = body.history.map(({ event, timestamp }: any) => `${event} ${timestamp}`).sort();
      const wanted = bells.map(({ event, at }) => `${event} ${new Date(at).toISOString()}`).sort();
      expect({ seed, nth, day: JSON.stringify(day), text, told, state: (await scene.rule(id)).state }).toEqual({
        ...{ seed, nth, day: JSON.stringify(day), text, told: wanted, state: memory.state },
      });
    }
  }
}, 120_000);
