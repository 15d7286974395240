// test:all leaves PostgreSQL out: what a message says, and how it is sent, is the same on each database.
import { Deliverer } from '../../src/webhooks/deliverer';
import { startAlertScene, type AlertScene } from '../support/alerts';
import { startReceiver, type Receiver } from '../support/receiver';

let receiver: Receiver;
let other: Receiver;
let scene: AlertScene;

beforeAll(async () => {
  [receiver, other] = [await startReceiver(), await startReceiver()];
  scene = await startAlertScene(receiver);
});

afterAll(async () => {
  await scene.app.stop();
  await receiver.close();
  await other.close();
});
const make = (headers: unknown, more = {}) =>
  scene.app.call('POST', '/api/alerts', {
    key: scene.writeKey,
    body: {
      ...{ dataSourceId: scene.sourceId, name: 'Too hot', condition: 'temperature > 90' },
      ...{ webhookUrl: `${receiver.url}/hook`, headers, ...more },
    },
  });

/** What arrives of a sample of a rule, at whichever receiver. */
async function sample(alertId: string, at = receiver) {
  const before = at.received.length;
  await scene.app.call('POST', `/api/alerts/${alertId}/test`, { key: scene.writeKey });
  return at.waitFor(before + 1);
}

describe('a format', () => {
  const formatted = async (path: string, more = {}) => {
    const { status, body } = await make(undefined, { webhookUrl: `${receiver.url}${path}`, ...more });
    if (status !== 201) return { refused: body.message as string };
    const posted = await sample(body.alertRule._id as string);
    return { id: body.alertRule._id as string, posted };
  };

  it('of ntfy is JSON for its root, with the topic of the path', async () => {
    for (const [path, at] of [
      ['/my-topic?format=ntfy', '/'],
      ['/my-topic/?format=ntfy', '/'],
      ['/under/my-topic?format=ntfy&auth=x', '/under/?auth=x'],
    ] as const) {
      const { posted } = await formatted(path);
      expect(posted?.path).toBe(at);
      expect(posted?.body).toEqual({
        topic: 'my-topic',
        title: 'Test: Too hot',
        message: expect.stringContaining('temperature > 90'),
        priority: 4,
        tags: ['rotating_light'],
      });
    }
    for (const path of ['/?format=ntfy', '/not%20a%20topic?format=ntfy', `/${'x'.repeat(65)}?format=ntfy`])
      expect(await formatted(path)).toMatchObject({
        refused: 'Webhook URL for ntfy must end with the topic, such as https://ntfy.sh/my-topic',
      });
  });

  it('of Gotify is JSON for /message', async () => {
    for (const [path, at] of [
      ['/message?token=A1&format=gotify', '/message?token=A1'],
      ['/?token=A1&format=gotify', '/message?token=A1'],
      ['/relay?format=gotify', '/relay'],
    ] as const) {
      const { posted } = await formatted(path);
      expect(posted?.path).toBe(at);
      expect(posted?.body).toEqual({
        title: 'Test: Too hot',
        message: expect.stringContaining('Rack 3'),
        priority: 8,
        extras: { 'client::display': { contentType: 'text/plain' } },
      });
    }
  });

  it('of PagerDuty is an event that triggers and resolves one incident', async () => {
    const key = '0123456789abcdef0123456789ABCDEF';
    for (const [path, more] of [
      [`/v2/enqueue?routing_key=${key}&format=pagerduty`, {}],
      [`/integration/${key}/enqueue?format=pagerduty`, {}],
      ['/v2/enqueue?format=pagerduty', { headers: { 'X-Routing-Key': key } }],
      ['/v2/enqueue?format=pagerduty', { headers: { Authorization: `Token token=${key}` } }],
    ] as const) {
      const { id, posted } = await formatted(path, more);
      expect(posted?.path).not.toContain('?');
      expect(posted?.body).toEqual({
        routing_key: key,
        event_action: 'trigger',
        dedup_key: `dakkio-${id}-test`,
        client: 'Dakkio',
        payload: {
          summary: 'Test: Too hot',
          source: 'Rack 3',
          severity: 'info',
          timestamp: expect.any(String),
          custom_details: expect.objectContaining({ alertId: id, currentValue: 90 }),
        },
      });
    }
    expect(await formatted('/v2/enqueue?format=pagerduty')).toMatchObject({
      refused: expect.stringContaining('must have the integration key'),
    });

    const webhookUrl = `${receiver.url}/v2/enqueue?format=pagerduty&routing_key=${key}`;
    const { body } = await make(undefined, { webhookUrl, condition: 'temperature > 50' });
    const before = receiver.received.length;
    await scene.send({ temperature: 51 });
    await scene.send({ temperature: 20 });
    await scene.app.app.get(Deliverer).settled();
    const dedup = `dakkio-${body.alertRule._id}`;
    const events = receiver.received.slice(before).filter((one) => one.body.dedup_key === dedup);
    expect(events.map((one) => one.body.event_action)).toEqual(['trigger', 'resolve']);
    expect(events[0]?.body.payload.severity).toBe('critical');
  });

  it('of none of these is the standard one, also where a host is known', async () => {
    const { posted } = await formatted('/x?format=standard');
    expect(posted?.body.data.alertName).toBe('Too hot');
  });
});
