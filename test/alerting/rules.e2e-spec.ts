import { DataSource } from 'typeorm';
import { AlertRule } from '../../src/alerting/evaluation/alert-rule.entity';
import { Writer } from '../../src/database/writer';
import { Webhook } from '../../src/webhooks/webhook.entity';
import { useAlertScene } from '../support/alert-tests';
import { makeBucket, makeKey, makeOrganization } from '../support/make';

const scene = useAlertScene();
const { call, ownScene } = scene;

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
