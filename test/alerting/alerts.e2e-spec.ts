import { DataSource } from 'typeorm';
import { AlertEvent } from '../../src/alerting/evaluation/alert-event.entity';
import { AlertRule } from '../../src/alerting/evaluation/alert-rule.entity';
import { DeletedRule } from '../../src/alerting/evaluation/deleted-rule.entity';
import { RuleRemoval } from '../../src/alerting/evaluation/rule-removal';
import { RuleScheduler } from '../../src/alerting/evaluation/rule-scheduler';
import { Writer } from '../../src/database/writer';
import { newId } from '../../src/common/ids';
import { Deliverer } from '../../src/webhooks/deliverer';
import { Delivery } from '../../src/webhooks/delivery.entity';
import { Webhook } from '../../src/webhooks/webhook.entity';
import { ownSource, startAlertScene, type AlertScene } from '../support/alerts';
import { makeBucket, makeKey, makeOrganization } from '../support/make';
import { answering, startReceiver, type Receiver } from '../support/receiver';

const MINUTE = 60_000;

let receiver: Receiver;
let scene: AlertScene;

beforeAll(async () => {
  receiver = await startReceiver();
  scene = await startAlertScene(receiver);
});

afterAll(async () => {
  await scene.app.stop();
  await receiver.close();
});

const call: AlertScene['app']['call'] = (...args) => scene.app.call(...args);
const deliveriesOf = (id: string) =>
  scene.app.app.get(DataSource).manager.find(Delivery, { where: { webhookId: id }, order: { id: 'ASC' } });
const eventRowsOf = (id: string) => scene.app.app.get(DataSource).manager.findBy(AlertEvent, { ruleId: id });
const eventsOf = async (id: string) => (await deliveriesOf(id)).map(({ event }) => event);
/** Evaluates what is due at this time, as if the time until then had passed. */
const look = (at: number) => scene.app.app.get(RuleScheduler).evaluateDue(at, performance.now() + at - Date.now());
async function ownScene(): Promise<AlertScene> {
  const schema = { temperature: 'number', humidity: 'number' };
  const { sourceId, send } = await ownSource(call, scene.writeKey, scene.bucketId, schema);
  const makeRule: AlertScene['makeRule'] = (condition, more) =>
    scene.makeRule(condition, { dataSourceId: sourceId, ...more });
  return { ...scene, sourceId, makeRule, send };
}

describe('rules', () => {
  it('are created by Write keys, with a secret that is shown once', async () => {
    const made = await call('POST', '/api/alerts', {
      key: scene.writeKey,
      body: {
        bucketId: scene.bucketId,
        dataSourceId: scene.sourceId,
        name: 'Server room too hot',
        condition: 'Temperature is greater than 30 °C for 5 minutes',
        webhookUrl: 'https://example.com/hooks/dakkio',
      },
    });
    expect(made.status).toBe(201);
    const { webhookSecret, ...rule } = made.body.alertRule;
    expect(made.body.message).toBe('Alert rule created successfully');
    expect(webhookSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rule).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      bucketId: scene.bucketId,
      dataSourceId: scene.sourceId,
      name: 'Server room too hot',
      condition: 'Temperature is greater than 30 °C for 5 minutes',
      parsedCondition: { field: 'temperature', operator: 'gt', value: 30, durationSeconds: 300 },
      webhookUrl: 'https://example.com…',
      headers: {},
      webhook: { status: 'ok', lastAttemptAt: null, lastError: null, failedSince: null },
      status: 'active',
      state: 'ok',
      cooldownMinutes: 5,
      repeatMinutes: 5,
      lastTriggeredAt: null,
      createdAt: expect.any(String),
      updatedAt: rule.createdAt,
    });
    expect(await scene.rule(rule._id)).toEqual(rule);
    const list = await call('GET', `/api/buckets/${scene.bucketId}/alerts`, { key: scene.readKey });
    expect(list.body.alertRules).toContainEqual(rule);
    const rows = await scene.app.app.get(DataSource).query<unknown[]>('SELECT * FROM webhooks');
    expect(JSON.stringify(rows)).not.toContain(webhookSecret.slice('whsec_'.length));
  });

  it.each([
    [
      'pressure is greater than 3',
      /at "pressure is greater than 3": expected a field of the data source, such as temperature, humidity, door\./,
    ],
    ['temperature is hot', /at "hot": expected a number. Example: "temperature is greater than 30"/],
    ['door is above 3', /door is a boolean field, which supports only "is" and "is not"/],
    ['temperature is above 3 percent', /temperature is in °C, and percent cannot be converted to that unit/],
  ])('refuse a condition that does not parse: %s', async (condition, message) => {
    const body = { dataSourceId: scene.sourceId, name: 'x', condition, webhookUrl: 'https://example.com/' };
    const { status, body: answer } = await call('POST', '/api/alerts', { key: scene.writeKey, body });
    expect([status, answer.error]).toEqual([400, 'Validation Error']);
    expect(answer.message).toMatch(message);
  });

  it('answer 404 to keys of other buckets and organizations', async () => {
    const { _id } = await scene.makeRule('temperature > 1000');
    const other = await makeBucket(scene.app, 'Other');
    const strangers = [(await makeKey(scene.app, other, 'write')).key, await makeOrganization(scene.app)];
    for (const key of strangers)
      for (const [method, path] of [
        ['GET', ''],
        ['PATCH', ''],
        ['DELETE', ''],
        ['GET', '/history'],
        ['POST', '/test'],
        ['POST', '/rotate-secret'],
        ['GET', '/deliveries'],
        ['GET', `/deliveries/${_id}`],
        ['POST', `/deliveries/${_id}/replay`],
      ] as const) {
        const body = method === 'PATCH' ? { body: { name: 'Mine' } } : {};
        const { status, body: parsed } = await call(method, `/api/alerts/${_id}${path}`, { key, ...body });
        expect([path, status, parsed]).toEqual([path, 404, { error: 'Not Found', message: 'Alert rule not found' }]);
      }
  });

  it('show the full URL of their webhook only to Admin keys, and accept the masked URL unchanged', async () => {
    const url = 'https://hooks.example.com:443/services/T0/B0/secret?token=x';
    const made = await scene.makeRule('temperature > 1000', { webhookUrl: url });
    const path = `/api/alerts/${made._id as string}`;
    const [shown, key] = ['https://hooks.example.com…', scene.writeKey];
    expect(made.webhookUrl).toBe(shown);
    const seenBy = async (as: string) => {
      const list = await call('GET', `/api/buckets/${scene.bucketId}/alerts?limit=1000`, { key: as });
      const one = await call('GET', path, { key: as });
      const changed = as === scene.readKey ? [] : [await call('PATCH', path, { key: as, body: { status: 'active' } })];
      const rule = (list.body.alertRules as { _id: string }[]).find(({ _id }) => _id === made._id);
      return [rule, one.body.alertRule, ...changed.map(({ body }) => body.alertRule)].map((of) => of.webhookUrl);
    };
    expect(new Set(await seenBy(scene.readKey))).toEqual(new Set([shown]));
    expect(new Set(await seenBy(key))).toEqual(new Set([shown]));
    expect(new Set(await seenBy(scene.app.adminKey))).toEqual(new Set([url]));

    const change = async (webhookUrl: string, as = key, name = 'Renamed') =>
      (await call('PATCH', path, { key: as, body: { webhookUrl, name } })).body;
    for (const masked of [shown, 'https://hooks.example.com/…'])
      for (const [index, as] of [key, scene.app.adminKey].entries())
        expect((await change(masked, as, `${index} ${masked}`)).alertRule.name).toBe(`${index} ${masked}`);
    expect(new Set(await seenBy(scene.app.adminKey))).toEqual(new Set([url]));
    const message = 'Webhook URL must not end with …, unless it is sent back as the alert rule shows it';
    for (const wrong of ['https://example.com…', 'https://example.com/…', 'https://hooks.example.com/x…', '…'])
      expect(await change(wrong)).toEqual({ error: 'Validation Error', message });
    const body = { dataSourceId: scene.sourceId, name: 'x', condition: 'temperature > 30', webhookUrl: shown };
    expect((await call('POST', '/api/alerts', { key, body })).body).toEqual({ error: 'Validation Error', message });
    expect((await change('https://example.com/new')).alertRule.webhookUrl).toBe('https://example.com…');
    expect(new Set(await seenBy(scene.app.adminKey))).toEqual(new Set(['https://example.com/new']));
  });

  it('do not enable a webhook again when its masked URL is sent back', async () => {
    const { _id } = await scene.makeRule('temperature > 1000', { webhookUrl: 'https://example.com/off' });
    const webhooks = scene.app.app.get(DataSource).getRepository(Webhook);
    await scene.app.app.get(Writer).write((manager) => manager.update(Webhook, { id: _id }, { switchedOffAt: 1 }));
    const send = (webhookUrl: string) =>
      call('PATCH', `/api/alerts/${_id}`, { key: scene.writeKey, body: { webhookUrl } });
    expect((await send('https://example.com…')).status).toBe(200);
    expect((await webhooks.findOneByOrFail({ id: _id })).switchedOffAt).toBe(1);
    expect((await send('https://example.com/off')).status).toBe(200);
    expect((await webhooks.findOneByOrFail({ id: _id })).switchedOffAt).toBeNull();
  });

  it('cannot be changed by Read keys', async () => {
    const { _id } = await scene.makeRule('temperature > 1000');
    const { status, body } = await call('DELETE', `/api/alerts/${_id}`, { key: scene.readKey });
    expect([status, body.message]).toEqual([403, 'Read keys cannot modify data']);
  });

  it('are limited to the source that a key is bound to', async () => {
    const own = await ownScene();
    const { _id } = await scene.makeRule('temperature > 1000');
    const { key } = await makeKey(scene.app, scene.bucketId, 'write', { dataSourceId: own.sourceId });
    expect((await call('GET', `/api/alerts/${_id}`, { key })).status).toBe(404);
    expect((await call('GET', `/api/buckets/${scene.bucketId}/alerts`, { key })).body.alertRules).toEqual([]);
  });
});

it('refuses to change the unit of a field that a rule uses', async () => {
  const own = await ownScene();
  const { _id } = await own.makeRule('temperature > 30');
  const path = `/api/buckets/${own.bucketId}/sources/${own.sourceId}`;
  const describe = (temperature: object) =>
    call('PATCH', path, { key: scene.writeKey, body: { schema: { temperature: { type: 'number', ...temperature } } } });
  expect((await describe({ unit: '°C' })).status).toBe(200);
  const { status, body } = await describe({ unit: '°F' });
  expect([status, body.message]).toEqual([
    409,
    'The unit of temperature cannot be changed while an alert rule uses it',
  ]);
  expect((await describe({ unit: '°C', description: 'Inside' })).status).toBe(200);
  await call('DELETE', `/api/alerts/${_id}`, { key: scene.writeKey });
  expect((await describe({ unit: '°F' })).status).toBe(200);
});

describe('states', () => {
  it('change with points and send deliveries', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature is greater than 30', { name: 'Hot' });
    const before = receiver.received.length;
    await own.send({ temperature: 20 }, 3 * MINUTE);
    await own.send({ temperature: 31.5 }, 2 * MINUTE);
    expect(await own.rule(_id)).toMatchObject({ state: 'triggered', lastTriggeredAt: expect.any(String) });
    const triggered = await receiver.waitFor(before + 1);
    const at = triggered.body.timestamp as string;
    expect(triggered.body).toEqual({
      event: 'alert.triggered',
      timestamp: at,
      bucketId: scene.bucketId,
      data: {
        alertId: _id,
        alertName: 'Hot',
        dataSourceId: own.sourceId,
        dataSourceName: 'Own',
        condition: 'temperature is greater than 30',
        currentValue: 31.5,
        threshold: 30,
        operator: 'gt',
        triggeredAt: at,
        repeat: 0,
        sequence: 1,
        dataPoint: { timestamp: at, values: { temperature: 31.5 } },
      },
    });
    await own.send({ temperature: 20 }, MINUTE);
    const resolved = await receiver.waitFor(before + 2);
    expect(resolved.body).toMatchObject({ event: 'alert.resolved', data: { currentValue: 20, triggeredAt: at } });
    expect((await own.rule(_id)).state).toBe('cooldown');
    await look(Date.now() + 4 * MINUTE);
    expect((await own.rule(_id)).state).toBe('resolved');
    const { body } = await call('GET', `/api/alerts/${_id}/history`, { key: scene.readKey });
    expect(body.history.map(({ event, currentValue }: any) => [event, currentValue])).toEqual([
      ['resolved', 20],
      ['triggered', 31.5],
    ]);
  });

  it('wait for their duration on the timer, and fire once', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30 for 5 minutes');
    const { body } = await own.send({ temperature: 31 });
    const at = Date.parse(body.dataPoint.timestamp);
    expect((await own.rule(_id)).state).toBe('pending');
    await look(at + 5 * MINUTE - 1);
    expect(await eventsOf(_id)).toEqual([]);
    await look(at + 6 * MINUTE);
    await look(at + 7 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
    expect((await own.rule(_id)).lastTriggeredAt).toBe(new Date(at + 5 * MINUTE).toISOString());
  });

  it('measure silence by the arrival of points, not by their timestamps', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('no data for 30 minutes');
    await own.send({ temperature: 1 }, 60 * MINUTE);
    const now = Date.now();
    await look(now + 29 * MINUTE);
    expect(await eventsOf(_id)).toEqual([]);
    await look(now + 31 * MINUTE);
    await look(now + 32 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
    await own.send({ temperature: 1 }, 48 * 60 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
  });

  it('are not silent when a point arrives during the evaluation, and ignore arrival times in the future', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('no data for 30 minutes');
    await own.send({ temperature: 1 });
    const receive = (at: number) =>
      scene.app.app.get(Writer).write((manager) =>
        manager.query(`UPDATE point_totals SET ingested_at = ${at}
          WHERE source = (SELECT number FROM data_sources WHERE id = '${own.sourceId}')`),
      );
    const later = Date.now() + 31 * MINUTE;
    await receive(later + 500);
    await look(later);
    expect(await eventsOf(_id)).toEqual([]);
    await receive(later + 300 * MINUTE);
    await look(later + 31 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it.each(['source', 'bucket'])('exclude the time in which their %s was archived from silence', async (what) => {
    const bucketId = await makeBucket(scene.app);
    const { key } = await makeKey(scene.app, bucketId, 'write');
    const schema = { temperature: 'number' };
    const made = await call('POST', `/api/buckets/${bucketId}/sources`, { key, body: { name: 'Own', schema } });
    const dataSourceId = made.body.dataSource._id as string;
    const wanted = {
      dataSourceId,
      name: 'Silent',
      condition: 'no data for 30 minutes',
      webhookUrl: `${receiver.url}/`,
    };
    const id = (await call('POST', '/api/alerts', { key, body: wanted })).body.alertRule._id as string;
    const path = what === 'bucket' ? `/api/buckets/${bucketId}` : `/api/buckets/${bucketId}/sources/${dataSourceId}`;
    const become = (status: string) => call('PATCH', path, { key: scene.app.adminKey, body: { status } });
    const now = Date.now();
    expect((await become('archived')).status).toBe(200);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now + 29 * MINUTE);
    expect((await become('active')).status).toBe(200);
    clock.mockRestore();
    await look(now + 31 * MINUTE);
    expect(await eventsOf(id)).toEqual([]);
    await look(now + 60 * MINUTE);
    expect(await eventsOf(id)).toEqual(['alert.triggered']);
  });

  it('are evaluated on time when those of another source fail', async () => {
    const [broken, own] = [await ownScene(), await ownScene()];
    const ids = [];
    for (const each of [broken, own]) ids.push((await each.makeRule('no data for 30 minutes'))._id as string);
    const change = (sql: string) => scene.app.app.get(Writer).write((manager) => manager.query(sql));
    const schemaOf = `UPDATE data_sources SET schema = 'x' || schema WHERE id = '${broken.sourceId}'`;
    await change(schemaOf);
    const later = Date.now() + 31 * MINUTE;
    await look(later);
    expect(await Promise.all(ids.map(eventsOf))).toEqual([[], ['alert.triggered']]);
    expect(scene.app.logs.join('\n')).toContain(
      `The alert rules of data source ${broken.sourceId} could not be evaluated yet`,
    );
    await change(`UPDATE data_sources SET schema = substr(schema, 2) WHERE id = '${broken.sourceId}'`);
    await look(later);
    expect(await Promise.all(ids.map(eventsOf))).toEqual([['alert.triggered'], ['alert.triggered']]);
  });

  it('send at most the last ten notifications of a batch', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30', { cooldownMinutes: 1 });
    const start = Date.now() - 500 * MINUTE;
    const dataPoints = Array.from({ length: 400 }, (_, index) => ({
      ...{ dataSourceId: own.sourceId, values: { temperature: index % 2 === 0 ? 31 : 20 } },
      timestamp: start + index * MINUTE,
    }));
    expect((await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } })).status).toBe(201);
    const sent = (await deliveriesOf(_id)).map(({ payload }) => JSON.parse(payload));
    expect(sent.map(({ event }) => event)).toEqual(Array(5).fill(['alert.triggered', 'alert.resolved']).flat());
    expect(sent.map(({ timestamp }) => (Date.parse(timestamp) - start) / MINUTE)).toEqual(
      Array.from({ length: 10 }, (_, index) => 390 + index),
    );
    expect((await own.rule(_id)).lastTriggeredAt).toBe(new Date(start + 398 * MINUTE).toISOString());
  });

  it('follow the newest point, however old it is', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    const timestamp = '2024-01-15T10:30:00.000Z';
    const point = { dataSourceId: own.sourceId, values: { temperature: 31 }, timestamp };
    await call('POST', '/api/data', { key: scene.writeKey, body: point });
    expect(await own.rule(_id)).toMatchObject({ state: 'triggered', lastTriggeredAt: timestamp });
    await own.send({ temperature: 20 });
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
  });

  it.each([
    [[31, 20, 31, 20], []],
    [[31, 20, 31], ['alert.triggered']],
  ])('send only the final state of old points in one batch: %j', async (values, sent) => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30', { cooldownMinutes: 1 });
    const batch = (temperatures: number[], startMillis: number) => {
      const dataPoints = temperatures.map((temperature, index) => ({
        ...{ dataSourceId: own.sourceId, values: { temperature }, timestamp: startMillis + index * 10 * MINUTE },
      }));
      return call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } });
    };
    expect((await batch(values, Date.UTC(2024, 0, 15))).status).toBe(201);
    expect(await eventsOf(_id)).toEqual(sent);
    await batch([20, 31, 20], Date.UTC(2024, 0, 16));
    expect(await eventsOf(_id)).toEqual(sent.length === 0 ? [] : [...sent, 'alert.resolved']);
  });

  it('evaluate late points at their own time', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 20, humidity: 40 }, 2 * MINUTE);
    const { body } = await own.send({ temperature: 35 }, 3 * MINUTE);
    const [triggered, resolved] = (await deliveriesOf(_id)).map(({ payload }) => JSON.parse(payload));
    const at = body.dataPoint.timestamp as string;
    const dataPoint = { timestamp: at, values: { temperature: 35 } };
    expect(triggered).toMatchObject({ event: 'alert.triggered', timestamp: at, data: { currentValue: 35, dataPoint } });
    expect(resolved).toMatchObject({ event: 'alert.resolved', data: { currentValue: 20, triggeredAt: at } });
    expect(await own.rule(_id)).toMatchObject({ state: 'cooldown', lastTriggeredAt: at });
  });

  it('evaluate points that arrive out of order', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30', { cooldownMinutes: 1 });
    const now = Date.now();
    const peaks = Array.from({ length: 10 }, (_, index) => now - (100 - 3 * index) * MINUTE);
    for (const peak of peaks) {
      await own.send({ temperature: 20 }, Date.now() - (peak + 2 * MINUTE));
      await own.send({ temperature: 31 }, Date.now() - peak);
    }
    const { body } = await call('GET', `/api/alerts/${_id}/history`, { key: scene.readKey });
    const triggered = body.history.filter(({ event }: any) => event === 'triggered');
    expect(triggered).toHaveLength(peaks.length);
    expect(body.history).toHaveLength(2 * peaks.length);
    for (const [index, { timestamp, currentValue }] of triggered.reverse().entries()) {
      expect(currentValue).toBe(31);
      expect(Math.abs(Date.parse(timestamp) - (peaks[index] as number))).toBeLessThan(MINUTE / 2);
    }
  });

  it('keep sent notifications after a late point', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 35 }, MINUTE);
    await own.send({ temperature: 20 }, 2 * MINUTE);
    expect((await own.rule(_id)).state).toBe('triggered');
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it('restart a pending duration when a late point shows an interruption', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30 for 5 minutes');
    await own.send({ temperature: 31 }, 4 * MINUTE);
    const { body } = await own.send({ temperature: 31 }, MINUTE);
    await own.send({ temperature: 20 }, 2 * MINUTE);
    expect((await own.rule(_id)).state).toBe('pending');
    const from = Date.parse(body.dataPoint.timestamp);
    await look(from + 5 * MINUTE - 1);
    expect(await eventsOf(_id)).toEqual([]);
    await look(from + 5 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it('ignore points from before their creation', async () => {
    const own = await ownScene();
    await own.send({ temperature: 20, humidity: 85 }, MINUTE);
    const { _id } = await own.makeRule('temperature > 30 and humidity > 80');
    await own.send({ temperature: 31 });
    expect(await eventsOf(_id)).toEqual([]);
    await own.send({ humidity: 85 });
    expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it("join a late point with the other side's value at that time", async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30 and humidity > 80');
    await own.send({ temperature: 20, humidity: 85 }, 9 * MINUTE);
    await own.send({ humidity: 40 }, 3 * MINUTE);
    await own.send({ temperature: 31 }, 6 * MINUTE);
    const sent = (await deliveriesOf(_id)).map(({ payload }) => JSON.parse(payload));
    expect(sent.map(({ event, data }) => [event, data.currentValue])).toEqual([
      ['alert.triggered', [31, 85]],
      ['alert.resolved', [31, 40]],
    ]);
  });

  it('ignore existing points and duplicates', async () => {
    const own = await ownScene();
    await own.send({ temperature: 35 }, 30 * MINUTE);
    await own.send({ temperature: 20 }, 20 * MINUTE);
    const { _id } = await own.makeRule('temperature > 30', { cooldownMinutes: 1 });
    const startMillis = Date.now() - 40 * MINUTE;
    const dataPoints = [20, 35, 20].map((temperature, index) => ({
      ...{ dataSourceId: own.sourceId, values: { temperature }, timestamp: startMillis + index * MINUTE },
    }));
    for (let times = 0; times < 2; times++) {
      await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } });
      expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
    }
    await own.send({ temperature: 20 });
    expect(await eventsOf(_id)).toHaveLength(2);
  });

  it('ignore points more than a day older than the latest', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 20 });
    await own.send({ temperature: 35 }, 25 * 60 * MINUTE);
    expect(await eventsOf(_id)).toEqual([]);
    await own.send({ temperature: 35 }, 23 * 60 * MINUTE);
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved']);
  });

  it('evaluate every point of a batch in the order of time', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30', { cooldownMinutes: 1 });
    const now = Date.now();
    const points = [20, 31, 20, 35].map((temperature, index) => ({
      dataSourceId: own.sourceId,
      values: { temperature },
      timestamp: now - (10 - 2 * index) * MINUTE,
    }));
    const { status } = await call('POST', '/api/data/batch', {
      key: scene.writeKey,
      body: { dataPoints: points.reverse() },
    });
    expect(status).toBe(201);
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved', 'alert.triggered']);
  });

  it('react to a single point and to a batch of several sources alike', async () => {
    const [one, other] = [await ownScene(), await ownScene()];
    const rules = [await one.makeRule('temperature > 30'), await other.makeRule('temperature > 30')];
    const pointOf = ({ sourceId }: AlertScene) => ({ dataSourceId: sourceId, values: { temperature: 31 } });
    const body = { dataPoints: [pointOf(one), pointOf(other)] };
    expect((await call('POST', '/api/data/batch', { key: scene.writeKey, body })).status).toBe(201);
    for (const { _id } of rules) expect(await eventsOf(_id)).toEqual(['alert.triggered']);
  });

  it('use the last value of a field that a point lacks', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30 and humidity > 80');
    await own.send({ humidity: 85 }, 2 * MINUTE);
    await own.send({ temperature: 31 }, MINUTE);
    const [delivery] = await deliveriesOf(_id);
    expect(JSON.parse(delivery?.payload ?? '').data).toMatchObject({
      currentValue: [31, 85],
      threshold: [30, 80],
      operator: 'and',
    });
  });

  it('reset when their condition changes, and evaluate nothing while paused', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    const patch = (body: object) => call('PATCH', `/api/alerts/${_id}`, { key: scene.writeKey, body });
    await patch({ status: 'paused' });
    await own.send({ temperature: 31 });
    expect(await own.rule(_id)).toMatchObject({ status: 'paused', state: 'ok', lastTriggeredAt: null });
    await patch({ status: 'active' });
    await own.send({ temperature: 31 });
    expect((await own.rule(_id)).state).toBe('triggered');
    const { body } = await patch({ condition: 'temperature is above 40', name: 'Hotter' });
    expect(body.alertRule).toMatchObject({ name: 'Hotter', state: 'ok', parsedCondition: { value: 40 } });
    await own.send({ temperature: 41 });
    expect(await eventsOf(_id)).toEqual(['alert.triggered', 'alert.resolved', 'alert.triggered']);
    expect((await patch({ condition: 'temperature is' })).status).toBe(400);
  });
});

it('keeps the meaning of a rule of another version until its condition changes', async () => {
  const { _id } = await scene.makeRule('temperature > 1000');
  await scene.app.app
    .get(Writer)
    .write((manager) =>
      manager.update(AlertRule, { id: _id as string }, { condition: 'temperature > 1000 as it was' }),
    );
  const body = { cooldownMinutes: 7 };
  const changed = await call('PATCH', `/api/alerts/${_id}`, { key: scene.writeKey, body });
  expect([changed.status, changed.body.alertRule?.parsedCondition]).toEqual([
    200,
    { field: 'temperature', operator: 'gt', value: 1000 },
  ]);
});

describe('what a rule depends on', () => {
  it('deletes the rule with it', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    await own.send({ temperature: 31 });
    const path = `/api/buckets/${scene.bucketId}/sources/${own.sourceId}`;
    const { body } = await call('DELETE', path, { key: scene.app.adminKey });
    expect(body.deletedResources).toEqual({ dataPoints: 1, alertRules: 1 });
    scene.app.app.get(Deliverer).wake();
    await scene.app.app.get(Deliverer).settled();
    await scene.app.app.get(RuleRemoval).sweep();
    expect(await deliveriesOf(_id)).toEqual([]);
    expect((await call('GET', `/api/alerts/${_id}`, { key: scene.writeKey })).status).toBe(404);
  });

  it('is deleted with its bucket', async () => {
    const bucketId = await makeBucket(scene.app, 'Short-lived');
    const key = scene.app.adminKey;
    const source = await call('POST', `/api/buckets/${bucketId}/sources`, {
      key,
      body: { name: 'a', schema: { a: 'number' } },
    });
    const body = {
      bucketId,
      dataSourceId: source.body.dataSource._id,
      name: 'a',
      condition: 'a > 1',
      webhookUrl: 'https://example.com/',
    };
    const made = await call('POST', '/api/alerts', { key, body });
    expect(made.status).toBe(201);
    const gone = await call('DELETE', `/api/buckets/${bucketId}`, { key });
    expect(gone.body.deletedResources.alertRules).toBe(1);
    expect((await call('GET', `/api/alerts/${made.body.alertRule._id}`, { key })).status).toBe(404);
  });

  it('keeps the fields that the rule uses', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('humidity > 30');
    const path = `/api/buckets/${scene.bucketId}/sources/${own.sourceId}`;
    const change = () => call('PATCH', path, { key: scene.writeKey, body: { schema: { humidity: null } } });
    expect((await change()).status).toBe(409);
    await call('DELETE', `/api/alerts/${_id}`, { key: scene.writeKey });
    expect((await change()).status).toBe(200);
  });
});

describe('the outbox of a deleted rule', () => {
  const count = async (id: string) => {
    const { manager } = scene.app.app.get(DataSource);
    return {
      events: await manager.countBy(AlertEvent, { ruleId: id }),
      deliveries: await manager.countBy(Delivery, { webhookId: id }),
      ended: await manager.countBy(DeletedRule, { id }),
    };
  };

  it('sends only the end of the alert, and is deleted in steps in the background', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    const other = await own.makeRule('temperature > 25');
    await own.send({ temperature: 31 });
    await scene.app.app.get(Deliverer).settled();
    const [[delivery], [event]] = [await deliveriesOf(_id), await eventRowsOf(_id)];
    await scene.app.app.get(Writer).write(async (manager) => {
      const waiting = { status: 'waiting', attempts: 0 } as const;
      const copies = <Row extends object>(row: Row) => Array.from({ length: 100 }, () => ({ ...row, id: newId() }));
      for (let index = 0; index < 7; index++) {
        await manager.insert(AlertEvent, copies(event as AlertEvent));
        await manager.insert(Delivery, copies({ ...(delivery as Delivery), ...waiting }));
      }
    });
    const sentBefore = receiver.received.length;
    expect((await call('DELETE', `/api/alerts/${_id}`, { key: scene.writeKey })).status).toBe(200);
    expect(await count(_id)).toEqual({ events: 701, deliveries: 702, ended: 1 });
    scene.app.app.get(Deliverer).wake();
    await scene.app.app.get(Deliverer).settled();
    expect(receiver.received.slice(sentBefore).map(({ body }) => body.event)).toEqual(['alert.resolved']);
    await scene.app.app.get(RuleRemoval).sweep();
    expect(await count(_id)).toEqual({ events: 0, deliveries: 0, ended: 0 });
    expect(await count(other._id as string)).toEqual({ events: 1, deliveries: 1, ended: 0 });
  });

  it('sends only the end of the alert before it is deleted', async () => {
    const own = await ownScene();
    const { _id } = await own.makeRule('temperature > 30');
    receiver.behave(answering(500));
    await own.send({ temperature: 31 });
    await own.send({ temperature: 20 });
    await scene.app.app.get(Deliverer).settled();
    const sentBefore = receiver.received.length;
    expect((await call('DELETE', `/api/alerts/${_id}`, { key: scene.writeKey })).status).toBe(200);
    await scene.app.app.get(RuleRemoval).sweep();
    expect((await deliveriesOf(_id)).map(({ status }) => status)).toEqual(['waiting']);
    receiver.behave(answering(204));
    await scene.app.app.get(Writer).write((manager) => manager.update(Webhook, { id: _id }, { nextAt: 1 }));
    scene.app.app.get(Deliverer).wake();
    await scene.app.app.get(Deliverer).settled();
    expect(receiver.received.slice(sentBefore).map(({ body }) => body.event)).toEqual(['alert.resolved']);
    await scene.app.app.get(RuleRemoval).sweep();
    expect(await count(_id)).toEqual({ events: 0, deliveries: 0, ended: 0 });
    expect(await scene.app.app.get(DataSource).manager.countBy(Webhook, { id: _id })).toBe(0);
  });
});

describe('a preview', () => {
  it('counts the notifications of fifty years of silence quickly', async () => {
    const own = await ownScene();
    const endTime = '2024-01-01T00:00:00.000Z';
    const { status, body } = await call('POST', '/api/alerts/preview', {
      key: scene.readKey,
      body: {
        dataSourceId: own.sourceId,
        condition: 'no data for 1 second',
        cooldownMinutes: 1,
        startTime: '1970-01-01T00:00:00.000Z',
        endTime,
      },
    });
    expect([status, body.triggered, body.events.length]).toEqual([200, Date.parse(endTime) / MINUTE, 1000]);
  });

  it('lists the notifications that the rule would have sent', async () => {
    const own = await ownScene();
    const start = Date.now() - 60 * MINUTE;
    const values = [20, 31, 31, 20, 20, 20, 20, 33, 20];
    const dataPoints = values.map((temperature, index) => ({
      dataSourceId: own.sourceId,
      values: { temperature },
      timestamp: start + index * 2 * MINUTE,
    }));
    await call('POST', '/api/data/batch', { key: scene.writeKey, body: { dataPoints } });
    const { status, body } = await call('POST', '/api/alerts/preview', {
      key: scene.readKey,
      body: {
        dataSourceId: own.sourceId,
        condition: 'temperature > 30',
        startTime: new Date(start).toISOString(),
        endTime: new Date(start + 60 * MINUTE).toISOString(),
      },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ dataPoints: 9, triggered: 2, resolved: 2, state: 'resolved' });
    expect(body.events.map((event: any) => [event.event, (Date.parse(event.timestamp) - start) / MINUTE])).toEqual([
      ['triggered', 2],
      ['resolved', 6],
      ['triggered', 14],
      ['resolved', 16],
    ]);
  });
});

it('is counted by analytics', async () => {
  const { body } = await call('GET', '/api/analytics/overview', { key: scene.app.adminKey });
  expect(body.overview.totals.alertRules).toBeGreaterThan(5);
  expect(body.overview.recentActivity.alertsTriggeredLast24h).toBeGreaterThan(3);
  const bucket = await call('GET', `/api/analytics/buckets/${scene.bucketId}?period=7d`, { key: scene.readKey });
  expect(bucket.body.analytics.alertActivity.totalTriggered).toBeGreaterThan(3);
});
