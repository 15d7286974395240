// npm test leaves this out: it starts servers again and again.
import fc from 'fast-check';
import { parseCondition } from '../../src/alerting/conditions/condition-parser';
import { PointStore } from '../../src/points/point-store';
import type { Schema } from '../../src/sources/schema';
import { useAlertScene } from '../support/alert-tests';
import { ownSource } from '../support/alerts';
import { previewModel, type ModelPoint } from '../support/preview-model';
import { MINUTE } from '../support/rules';

const SERIES = 12;
const SCHEMA = { temperature: 'number', humidity: 'number', pump: 'boolean', door: 'string' };
const FIELDS = Object.entries(SCHEMA).map(([name, type], slot) => ({ name, type, slot })) as unknown as Schema;
const CONDITIONS = [
  'temperature > 30',
  'temperature > 30 for 20 minutes',
  'temperature < 15 or > 30',
  'temperature is not 20',
  'temperature is between 10 and 25 for 1 hour',
  'temperature > 30 and humidity >= 80 for 5 minutes',
  'temperature > 30 for 2 minutes or humidity >= 80 for 30 minutes',
  'humidity < 50 for 2 hours',
  'pump is on for 10 minutes',
  'door is open and temperature > 30',
  'no data for 2 minutes',
  'no data for 20 minutes',
  'no data for 3 hours',
];

const scene = useAlertScene();
const { call } = scene;

/** Some hours in which values stay as they are for a while, with gaps. */
const stretch = fc.record({
  minutes: fc.integer({ min: 1, max: 200 }),
  everyMinutes: fc.constantFrom(1, 3, 7, 0),
  temperature: fc.constantFrom(10, 20, 20, 20, 31, 40),
  humidity: fc.constantFrom(40, 40, 85, undefined),
  pump: fc.constantFrom(true, false, undefined),
  door: fc.constantFrom('open', 'OPEN', 'closed', undefined),
});
const series = fc.array(stretch, { minLength: 1, maxLength: 14 });
type Series = ReturnType<(typeof series)['generate']>['value'];

function pointsOf(stretches: Series, start: number): ModelPoint[] {
  const points: ModelPoint[] = [];
  let at = start;
  for (const { minutes, everyMinutes, ...values } of stretches) {
    const present = Object.entries(values).filter(([, value]) => value !== undefined);
    const own = Object.fromEntries(present) as ModelPoint['values'];
    for (let minute = 0; everyMinutes > 0 && minute < minutes; minute += everyMinutes)
      points.push({ at: at + minute * MINUTE, values: own });
    at += minutes * MINUTE;
  }
  return points;
}

async function store(points: readonly ModelPoint[]): Promise<string> {
  const { sourceId } = await ownSource(call, scene.writeKey, scene.bucketId, SCHEMA);
  for (let start = 0; start < points.length; start += 1000) {
    const dataPoints = points
      .slice(start, start + 1000)
      .map(({ at, values }) => ({ dataSourceId: sourceId, values, timestamp: at }));
    expect((await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } })).status).toBe(201);
  }
  return sourceId;
}

async function previewOf(
  dataSourceId: string,
  { condition, range: [from, to], cooldownMinutes }: Wanted,
): Promise<Record<string, any>> {
  const [startTime, endTime] = [new Date(from).toISOString(), new Date(to).toISOString()];
  const body = { dataSourceId, condition, startTime, endTime, cooldownMinutes };
  const { status, body: answer } = await call('POST', '/api/alerts/preview', { key: scene.readKey, body });
  expect(status).toBe(200);
  return answer;
}

interface Wanted {
  readonly condition: string;
  readonly range: readonly [number, number];
  readonly cooldownMinutes: number;
}

it('finds what an evaluation of every point finds', async () => {
  const seed = Date.now();
  const start = Date.UTC(2024, 0, 15, 10, 7, 13);
  const cases = fc.tuple(series, fc.integer({ min: -200, max: 300 }), fc.integer({ min: 1, max: 90 }));
  for (const [nth, [stretches, offset, cooldownMinutes]] of fc.sample(cases, { seed, numRuns: SERIES }).entries()) {
    const points = pointsOf(stretches, start);
    const sourceId = await store(points);
    const range = [start + offset * MINUTE, (points.at(-1)?.at ?? start) + 40 * MINUTE + 5] as const;
    if (range[0] >= range[1]) continue;
    for (const condition of CONDITIONS) {
      const rule = { condition: parseCondition(condition, FIELDS), cooldownMillis: cooldownMinutes * MINUTE };
      const model = previewModel(rule, range, points);
      const found = await previewOf(sourceId, { condition, range, cooldownMinutes });
      const events = found['events'].map(({ event, timestamp }: any) => `${event} ${timestamp}`);
      const { dataPoints, state, intervals } = found;
      const wanted = { ...model, events: model.events.slice(0, 1000), intervals: model.intervals.slice(0, 1000) };
      const context = { seed, nth, condition };
      expect({ ...context, dataPoints, state, events, intervals }).toEqual({ ...context, ...wanted });
      const triggered = model.events.filter((event) => event.startsWith('triggered')).length;
      expect(found).toMatchObject({ firings: triggered, triggered, resolved: model.events.length - triggered });
      const millis = model.intervals.map(
        ({ from, to }) => (to === null ? range[1] : Date.parse(to)) - Date.parse(from),
      );
      expect(found['summary']).toMatchObject({
        intervals: model.intervals.length,
        alerts: model.intervals.filter(({ firings }) => firings > 0).length,
        totalSeconds: millis.reduce((sum, one) => sum + one, 0) / 1000,
        longestSeconds: Math.max(0, ...millis) / 1000,
      });
    }
  }
});

it('reads few points of a time in which nothing changes', async () => {
  const start = Date.UTC(2024, 1, 1, 0, 5);
  const points = Array.from({ length: 5000 }, (_, minute): ModelPoint => {
    const isHot = minute >= 3000 && minute < 3040;
    return { at: start + minute * MINUTE, values: { temperature: isHot ? 30 + (minute % 7) : 20 + (minute % 5) } };
  });
  const sourceId = await store(points);
  const read = jest.spyOn(scene.app.app.get(PointStore), 'read');
  const range = [start, start + 5000 * MINUTE] as const;
  const found = await previewOf(sourceId, { condition: 'temperature >= 30', range, cooldownMinutes: 60 });
  const reads = await Promise.all(read.mock.results.map(({ value }) => value as ReturnType<PointStore['read']>));
  read.mockRestore();
  expect(found).toMatchObject({ dataPoints: 5000, triggered: 1, resolved: 1, summary: { intervals: 1, peak: 36 } });
  expect(reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(200);
});
