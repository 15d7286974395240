import { Writer } from '../../src/database/writer';
import { AlertRule } from '../../src/alerting/evaluation/alert-rule.entity';
import { Delivery } from '../../src/webhooks/delivery.entity';
import { useAlertScene } from '../support/alert-tests';
import { MINUTE } from '../support/rules';

/** The first six fields have columns of their own if they are numbers or booleans. Texts and all other fields do not. */
const SCHEMA = {
  ...{ temperature: { type: 'number', unit: '°C' }, requests: 'number', power: { type: 'number', unit: 'W' } },
  ...{ pump: 'boolean', door: 'string', a: 'number', b: 'number', alarm: 'boolean', pm2_5: 'number' },
};

const scene = useAlertScene();
const { call, look, manager } = scene;

interface Source {
  readonly id: string;
  makeRule(condition: string, more?: object): Promise<any>;
  send(values: object, agoMillis?: number): Promise<void>;
  /** The notifications of a rule, oldest first. */
  notificationsOf(ruleId: string): Promise<any[]>;
}

async function makeSource(): Promise<Source> {
  const body = { name: 'Own', schema: SCHEMA };
  const made = await call('POST', `/api/buckets/${scene.bucketId}/sources`, { key: scene.writeKey, body });
  const id = made.body.dataSource._id as string;
  return {
    id,
    makeRule: (condition, more) => scene.makeRule(condition, { dataSourceId: id, ...more }),
    async send(values, agoMillis = 0) {
      const point = { dataSourceId: id, values, timestamp: Date.now() - agoMillis };
      expect((await call('POST', '/api/data', { key: scene.writeKey, body: point })).status).toBe(201);
    },
    async notificationsOf(ruleId) {
      const rows = await manager().find(Delivery, { where: { webhookId: ruleId }, order: { id: 'ASC' } });
      return rows.map(({ payload }) => JSON.parse(payload));
    },
  };
}

const eventsOf = (sent: any[]) => sent.map(({ event }) => (event as string).replace('alert.', ''));

describe('a condition on a boolean or a text', () => {
  it.each([
    ['pump is on', 'pump', [false, true, true, false], true],
    ['alarm is off', 'alarm', [true, false, false, true], false],
    ['door is open', 'door', ['shut', 'OPEN', 'open', 'shut'], 'open'],
    ['door is not "all shut"', 'door', ['all shut', 'open', 'ajar', 'All Shut'], 'all shut'],
  ])('fires and resolves: %s', async (condition, field, values, threshold) => {
    const source = await makeSource();
    const rule = await source.makeRule(condition);
    expect(rule.parsedCondition).toMatchObject({ field, value: threshold });
    for (const [index, value] of values.entries()) await source.send({ [field]: value }, 4000 - 1000 * index);
    const sent = await source.notificationsOf(rule._id as string);
    expect(eventsOf(sent)).toEqual(['triggered', 'resolved']);
    expect(sent[0].data).toMatchObject({ condition, currentValue: values[1], threshold });
    expect(sent[0].data.dataPoint.values).toEqual({ [field]: values[1] });
    expect(sent[1].data.currentValue).toBe(values[3]);
  });

  it('waits for its duration, and keeps its cooldown', async () => {
    const source = await makeSource();
    const { _id } = await source.makeRule('pump is on and door is open for 10 minutes', { cooldownMinutes: 5 });
    const stateOf = async () => (await scene.rule(_id as string)).state as string;
    await source.send({ pump: true }, 20 * MINUTE);
    expect(await stateOf()).toBe('ok');
    await source.send({ door: 'open' }, 6 * MINUTE);
    expect(await stateOf()).toBe('pending');
    await look(Date.now() + 4 * MINUTE + 2000);
    expect(await stateOf()).toBe('triggered');
    const sent = await source.notificationsOf(_id as string);
    expect(eventsOf(sent)).toEqual(['triggered']);
    expect(sent[0].data).toMatchObject({ currentValue: [true, 'open'], threshold: [true, 'open'], operator: 'and' });
  });

  it('is evaluated for late points at their own time', async () => {
    const source = await makeSource();
    const { _id } = await source.makeRule('door is open');
    await source.send({ door: 'shut' }, 10 * MINUTE);
    await source.send({ door: 'shut' });
    await source.send({ door: 'open' }, 5 * MINUTE);
    expect(eventsOf(await source.notificationsOf(_id as string))).toEqual(['triggered', 'resolved']);
  });

  it('gives the same result in a batch and in a preview', async () => {
    const source = await makeSource();
    const { _id } = await source.makeRule('door is open or alarm is on', { cooldownMinutes: 1 });
    const start = Date.now() - 60 * MINUTE;
    const points = [
      ...[{ door: 'shut' }, { door: 'open' }, { door: 'shut' }, { alarm: true }, { door: 'open' }, { alarm: false }],
      ...[{ door: 'shut' }, { pump: true }],
    ].map((values, index) => ({ dataSourceId: source.id, values, timestamp: start + index * 2 * MINUTE }));
    const sent = await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints: points } });
    expect(sent.status).toBe(201);
    const notifications = (await source.notificationsOf(_id as string)).map(({ event, timestamp, data }) => [
      event,
      timestamp,
      data.currentValue,
    ]);
    const body = {
      ...{ dataSourceId: source.id, condition: 'door is open or alarm is on', cooldownMinutes: 1 },
      ...{ startTime: new Date(start).toISOString(), endTime: new Date().toISOString() },
    };
    const preview = await call('POST', '/api/alerts/preview', { key: scene.readKey, body });
    expect(preview.body.events.map((one: any) => [`alert.${one.event}`, one.timestamp, one.currentValue])).toEqual(
      notifications,
    );
    expect(notifications.filter(([event]) => event === 'alert.resolved')).toHaveLength(2);
    expect(notifications[0]?.[2]).toEqual(['open', null]);
  });

  it('sends a value of its type as a sample', async () => {
    const source = await makeSource();
    const { _id } = await source.makeRule('door is not open and pump is on and temperature is between 1 and 2');
    await call('POST', `/api/alerts/${_id}/test`, { key: scene.writeKey });
    const { data } = scene.receiver.received.map(({ body }) => body).find((body) => body.data.alertId === _id);
    expect(data.threshold).toEqual(['open', true, [1, 2]]);
    expect(data.dataPoint.values).toEqual({ door: 'open', pump: true, temperature: 1 });
  });
});

describe('three or more comparisons', () => {
  it('evaluate "and" before "or"', async () => {
    const source = await makeSource();
    const rule = await source.makeRule('a > 1 or b > 1 and requests > 1');
    const one = (field: string) => ({ field, operator: 'gt', value: 1 });
    expect(rule.parsedCondition).toEqual({
      operator: 'or',
      conditions: [one('a'), { operator: 'and', conditions: [one('b'), one('requests')] }],
    });
    const points = [{ b: 2 }, { requests: 2 }, { b: 0 }, { a: 2 }, { a: 0 }];
    for (const [index, values] of points.entries()) await source.send(values, 5000 - 1000 * index);
    const sent = await source.notificationsOf(rule._id as string);
    // The second alert is within the cooldown of the first, so it waits.
    expect(eventsOf(sent)).toEqual(['triggered', 'resolved']);
    expect(sent[0].data).toMatchObject({ currentValue: [null, 2, 2], threshold: [1, 1, 1], operator: 'or' });
  });

  it('stay true without a gap when another operand of an inner "or" becomes true', async () => {
    const source = await makeSource();
    const { _id } = await source.makeRule('(a > 1 or pump is on) and requests > 1 for 10 minutes');
    await source.send({ a: 2, pump: false, requests: 2 }, 9 * MINUTE);
    await source.send({ pump: true }, 6 * MINUTE);
    await source.send({ a: 0 }, 3 * MINUTE);
    expect((await scene.rule(_id as string)).state).toBe('pending');
    await look(Date.now() + MINUTE + 2000);
    expect((await scene.rule(_id as string)).state).toBe('triggered');
  });
});

describe('numbers', () => {
  const parsed = async (condition: string) => (await (await makeSource()).makeRule(condition)).parsedCondition;

  it.each([
    ['requests > 10k', { field: 'requests', operator: 'gt', value: 10_000 }],
    ['requests over 2Mi', { field: 'requests', operator: 'gt', value: 2 * 1024 ** 2 }],
    ['power > 5 kW', { field: 'power', operator: 'gt', value: 5000 }],
    ['PM2.5 reaches thirty five', { field: 'pm2_5', operator: 'gte', value: 35 }],
    ['no data in the last 10 minutes', { field: null, operator: 'no_data', value: 600 }],
  ])('keep their value, and the reply shows them: %s', async (condition, expected) => {
    expect(await parsed(condition)).toEqual(expected);
  });

  it.each([
    [
      'requests > 5 kW',
      /^requests has no unit, so "5 kW" cannot be converted\. .* Example: "requests is greater than 5"$/,
    ],
    [
      'requests > 10m',
      /at "m": expected a number without a suffix, or with k, M, G, T, Ki, Mi, Gi or Ti \(case-sensitive\)/,
    ],
    ['temprature > 41', /\(did you mean "temperature"\?\)\. Example: "temperature is greater than 41"$/],
    [
      'pressure > 41',
      /expected a field of the data source, such as temperature, requests, power, pump, door or 4 more\. Example/,
    ],
    ['pump is above 3', /^pump is a boolean field, which supports only "is" and "is not"\. Example: "pump is true"$/],
  ])('are refused with a suggestion: %s', async (condition, message) => {
    const { id } = await makeSource();
    const body = { dataSourceId: id, name: 'x', condition, webhookUrl: 'https://example.com/' };
    const made = await call('POST', '/api/alerts', { key: scene.writeKey, body });
    expect([made.status, made.body.error]).toEqual([400, 'Validation Error']);
    expect(made.body.message).toMatch(message);
    const times = { startTime: '2024-01-01T00:00:00Z', endTime: '2024-01-02T00:00:00Z' };
    const preview = { dataSourceId: id, condition, ...times };
    const tried = await call('POST', '/api/alerts/preview', { key: scene.readKey, body: preview });
    expect([tried.status, tried.body.message]).toEqual([400, made.body.message]);
  });
});

it('evaluates the stored form of a rule of another version, and parses its text again only when the text changes', async () => {
  const source = await makeSource();
  const { _id: id } = await source.makeRule('requests > 5');
  // An earlier version read "10k" as 10 kelvin.
  await scene.app.app.get(Writer).write(async (writing) => {
    const parsedCondition = { field: 'requests', operator: 'gt', value: 10 } as const;
    const alertState = { state: 'ok', since: [null], eitherSince: null, quietUntil: null } as const;
    await writing.update(AlertRule, { id: id as string }, { condition: 'requests > 10k', parsedCondition, alertState });
    // Invalidates the cached rules.
    await writing.query(`UPDATE data_sources SET watch_version = watch_version + 1 WHERE id = '${source.id}'`);
  });
  const patch = (body: object) => call('PATCH', `/api/alerts/${id as string}`, { key: scene.writeKey, body });
  for (const body of [{ name: 'Renamed' }, { condition: 'requests > 10k', cooldownMinutes: 6 }])
    expect((await patch(body)).body.alertRule.parsedCondition.value).toBe(10);
  await source.send({ requests: 11 });
  expect(eventsOf(await source.notificationsOf(id as string))).toEqual(['triggered']);
  expect((await patch({ condition: 'requests is above 10k' })).body.alertRule.parsedCondition.value).toBe(10_000);
});
