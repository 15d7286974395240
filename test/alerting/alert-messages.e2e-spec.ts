// test:all leaves PostgreSQL out: what a message says, and how it is sent, is the same on each database.
import { RuleScheduler } from '../../src/alerting/evaluation/rule-scheduler';
import { useAlertScene } from '../support/alert-tests';
import { MINUTE } from '../support/rules';

const scene = useAlertScene({ forEach: true });
const { settled } = scene;

/** Advances the server's clocks to this time, and evaluates the rules that are due. */
async function pass(millis: number): Promise<void> {
  await scene.app.app.get(RuleScheduler).evaluateDue(Date.now() + millis, performance.now() + millis);
  await settled();
}
async function received(): Promise<any[]> {
  await settled();
  return scene.receiver.received.map(({ body }) => body);
}
const history = async (id: string) =>
  (await scene.app.call('GET', `/api/alerts/${id}/history`, { key: scene.readKey })).body.history as any[];

/** Sends one point for each of these ages in minutes, in order. */
async function sendHot(...minutesAgo: number[]): Promise<void> {
  for (const minutes of minutesAgo) await scene.send({ temperature: 31 }, minutes * MINUTE);
}

describe('reminders', () => {
  it('are numbered while the alert lasts, and contain its start', async () => {
    const { _id, ...made } = await scene.makeRule('temperature > 30', { cooldownMinutes: 60, repeatMinutes: 5 });
    expect([made.cooldownMinutes, made.repeatMinutes]).toEqual([60, 5]);
    await sendHot(20, 17, 15, 9, 8);
    await scene.send({ temperature: 20 }, 7 * MINUTE);
    const messages = await received();
    const [{ timestamp: began }] = messages;
    expect(messages.map(({ event, data }) => [event, data.repeat, data.triggeredAt])).toEqual([
      ['alert.triggered', 0, began],
      ['alert.triggered', 1, began],
      ['alert.triggered', 2, began],
      ['alert.resolved', 2, began],
    ]);
    expect((await history(_id)).map(({ event, repeat, reason }) => [event, repeat, reason])).toEqual([
      ['resolved', 2, null],
      ['triggered', 2, null],
      ['triggered', 1, null],
      ['triggered', 0, null],
    ]);
    expect((await scene.rule(_id)).lastTriggeredAt).toBe(messages[2].timestamp);
  });

  it('are not sent when they are disabled, even after the cooldown', async () => {
    await scene.makeRule('temperature > 30', { cooldownMinutes: 1, repeatMinutes: 0 });
    await sendHot(20, 15, 10);
    await scene.send({ temperature: 20 }, 7 * MINUTE);
    await sendHot(5);
    expect((await received()).map(({ event, data }) => [event, data.repeat])).toEqual([
      ['alert.triggered', 0],
      ['alert.resolved', 0],
      ['alert.triggered', 0],
    ]);
  });

  it('follow the cooldown by default, and again after null', async () => {
    const { _id, repeatMinutes } = await scene.makeRule('temperature > 30', { cooldownMinutes: 4 });
    const patch = async (body: object) =>
      (await scene.app.call('PATCH', `/api/alerts/${_id}`, { key: scene.writeKey, body })).body;
    const shown = [repeatMinutes];
    for (const change of [
      { cooldownMinutes: 6 },
      { repeatMinutes: 2 },
      { cooldownMinutes: 7 },
      { repeatMinutes: null },
    ])
      shown.push((await patch(change)).alertRule.repeatMinutes);
    expect(shown).toEqual([4, 6, 2, 2, 7]);
    expect((await patch({ repeatMinutes: -1 })).message).toBe(
      'repeatMinutes must be a whole number from 0 to 43200, or null',
    );
  });

  it('of silence are sent by the timer', async () => {
    const { _id } = await scene.makeRule('no data for 30 minutes', { cooldownMinutes: 60, repeatMinutes: 10 });
    await scene.send({ temperature: 20 });
    for (const minutes of [31, 40, 42, 55]) await pass(minutes * MINUTE);
    expect((await received()).map(({ data }) => data.repeat)).toEqual([0, 1, 2]);
    expect((await history(_id)).map(({ currentValue }) => Math.floor(currentValue / 60))).toEqual([55, 42, 30]);
  });
});

describe('silence', () => {
  it('is measured from the arrival of data, not from its timestamp', async () => {
    await scene.makeRule('no data for 12 minutes', { webhookUrl: `${scene.receiver.url}/?format=slack` });
    await scene.makeRule('no data for 12 minutes');
    await scene.send({ temperature: 20 }, 100 * MINUTE);
    await pass(12 * MINUTE + 1000);
    await scene.send({ temperature: 20 }, 50 * MINUTE);
    const messages = await received();
    const texts = messages.map(({ text }) => text).filter((text) => text !== undefined);
    expect(texts[0]).toContain('Now: no data for 12 minutes');
    expect(texts[1]).toContain('Now: receiving data again');
    const values = messages.filter(({ text }) => text === undefined).map(({ data }) => data.currentValue);
    expect(values).toEqual([720, 0]);
  });

  it('of a source without data is null in JSON, and a phrase in chat messages', async () => {
    await scene.makeRule('no data for 90 minutes', { webhookUrl: `${scene.receiver.url}/?format=discord` });
    await scene.makeRule('no data for 90 minutes');
    await pass(90 * MINUTE + 1000);
    const messages = await received();
    expect(messages.map(({ content }) => content).join()).toContain('Now: no data for 1 hour 30 minutes');
    expect(messages.find(({ data }) => data).data).toMatchObject({ currentValue: null, dataPoint: null });
  });
});

describe('chat messages', () => {
  const NAME = 'Rack_3 *hot* [x](y) #1 <b>';
  /** The messages that a service gets for an alert and its end. */
  async function postedAs(format: string): Promise<any[]> {
    const more = { name: NAME, webhookUrl: `${scene.receiver.url}/?format=${format}`, repeatMinutes: 1 };
    await scene.makeRule('temperature > 30 and humidity > 40', more);
    await scene.send({ temperature: 31.5, humidity: 48 }, 3 * MINUTE);
    // Chat services do not get messages that still wait when the alert ends.
    await settled();
    await scene.send({ temperature: 0.1 + 31.2 }, 2 * MINUTE);
    await settled();
    await scene.send({ temperature: 20 }, MINUTE);
    return received();
  }

  it('to Slack contain units, and times in its format', async () => {
    const posted = await postedAs('slack');
    const [alert, reminder, end] = posted.map(({ text }) => text as string);
    expect(alert).toContain('Now: temperature = 31.5 °C, humidity = 48\n');
    expect(reminder).toContain('(reminder 1)');
    expect(reminder).toContain('temperature = 31.3 °C');
    const time = /Triggered at: (<!date\^(\d+)\^\{date_short_pretty\} \{time_secs\}\|[\d-]{10} [\d:]{8} UTC>)/;
    const [, shown, seconds] = time.exec(alert ?? '') ?? [];
    expect(Math.abs(Number(seconds) * 1000 - (Date.now() - 3 * MINUTE))).toBeLessThan(MINUTE);
    for (const text of [reminder, end]) expect(text).toContain(`Triggered at: ${shown}`);
    expect(end).toMatch(/Resolved at: <!date\^\d+\^/);
  });

  it('to Discord contain times in its format', async () => {
    const [alert, , end] = (await postedAs('discord')).map(({ content }) => content as string);
    expect(alert).toMatch(/Triggered at: <t:\d{10}:f>/);
    expect(end).toMatch(/Resolved at: <t:\d{10}:f>/);
  });

  it('to Teams need no escapes, and contain times in its format', async () => {
    const [alert] = await postedAs('teams');
    const { body } = alert.attachments[0].content;
    const runs = body.filter(({ type }: any) => type === 'RichTextBlock').map(({ inlines }: any) => inlines);
    expect(runs[0]).toMatchObject([{ type: 'TextRun', text: `Alert: ${NAME}` }]);
    const blocks = body.filter(({ type }: any) => type === 'TextBlock').map(({ text }: any) => text);
    const iso = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
    expect(blocks).toEqual([
      expect.stringMatching(
        new RegExp(String.raw`^\*\*Triggered at:\*\* \{\{DATE\(${iso}, SHORT\)\}\} \{\{TIME\(${iso}\)\}\}$`),
      ),
    ]);
    expect(JSON.stringify(body)).not.toContain('\\\\');
  });

  it.each(['ntfy', 'gotify'])('to %s contain times in UTC', async (format) => {
    const more = { webhookUrl: `${scene.receiver.url}/topic?format=${format}` };
    await scene.makeRule('temperature > 30', more);
    await sendHot(3);
    const [{ message }] = await received();
    expect(message).toMatch(/Triggered at: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
    expect(message).toContain('Now: temperature = 31 °C');
  });
});
