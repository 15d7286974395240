import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Deliverer } from '../../src/webhooks/deliverer';
import { LOOPBACK_OPEN, startAlertScene, type AlertScene } from '../support/alerts';
import { Page } from '../support/page';
import { startReceiver, type Receiver } from '../support/receiver';

const PAGE = new Page('docs/alerts.md');
const execFileAsync = promisify(execFile);
/** Skipped on machines without Python. */
const withPython = spawnSync('python3', ['--version']).status === 0 ? it : it.skip;

let receiver: Receiver;
let scene: AlertScene;
beforeAll(async () => {
  receiver = await startReceiver();
  scene = await startAlertScene(receiver, LOOPBACK_OPEN);
});
afterAll(async () => {
  await scene.app.stop();
  await receiver.close();
});

describe('docs/alerts.md', () => {
  it('shows commands that run unchanged, in order', async () => {
    const environment: Record<string, string> = {
      ...{ DAKKIO: scene.app.url, WRITE_KEY: scene.writeKey, SOURCE_ID: scene.sourceId },
      ...{ ADMIN_KEY: scene.app.adminKey, HOOK_URL: `${receiver.url}/`, PATH: process.env.PATH ?? '' },
    };
    const answers: any[] = [];
    for (const command of PAGE.blocks('sh')) {
      if (command.includes('/replay')) {
        await scene.send({ temperature: 36 }, 20 * 60_000);
        await scene.send({ temperature: 36 }, 1000);
        await scene.app.app.get(Deliverer).settled();
        const { body } = await scene.app.call('GET', `/api/alerts/${environment.ALERT_ID}/deliveries`, {
          key: scene.writeKey,
        });
        environment.DELIVERY_ID = body.deliveries[0]._id as string;
      }
      const script = `set -e\n${command.replaceAll('curl ', 'curl -sS --fail-with-body ')}`;
      answers.push(JSON.parse((await execFileAsync('sh', ['-c', script], { env: environment })).stdout));
      environment.ALERT_ID ??= answers[0].alertRule._id as string;
      if (command.includes('PATCH'))
        await scene.app.call('PATCH', `/api/alerts/${environment.ALERT_ID}`, {
          key: scene.writeKey,
          body: { condition: 'temperature > 35' },
        });
    }
    const [made, tested, previewed, parsed, patched, history, firing, ...more] = answers;
    const [guarded, deliveries, failed, replayed, rotated] = more;
    expect(made.alertRule.webhookSecret).toMatch(/^whsec_/);
    expect(tested.delivery).toMatchObject({ delivered: true });
    expect(previewed).toMatchObject({ triggered: 0, firings: 0, intervals: [], summary: { intervals: 0 } });
    expect(parsed.normalizedCondition).toBe('temperature is greater than 30 for 30 minutes');
    expect(patched.alertRule.parsedCondition).toEqual({
      field: 'temperature',
      operator: 'gte',
      value: 35,
      durationSeconds: 600,
    });
    expect([history.history, deliveries.deliveries]).toEqual([[], []]);
    expect([firing.alertRules, failed.deliveries]).toEqual([[], []]);
    expect(guarded.alertRule.headers).toEqual({ Authorization: '…' });
    expect(rotated.webhookSecret).not.toBe(made.alertRule.webhookSecret);
    expect(replayed.delivery).toMatchObject({ status: 'waiting' });
  });

  it('shows the refusal of a condition', async () => {
    const body = { dataSourceId: scene.sourceId, condition: 'temperature is grater than 40' };
    const refused = await scene.app.call('POST', '/api/alerts/parse', { key: scene.readKey, body });
    expect(PAGE.blocks('text')[0]?.trim()).toBe(refused.body.message);
    const [{ path, message, ...rest }] = refused.body.details;
    expect([path, message]).toEqual([['body', 'condition'], refused.body.message]);
    expect(rest).toEqual(JSON.parse(PAGE.blocks('json')[0] ?? ''));
  });

  it('shows the body of a message', async () => {
    const own = await scene.makeRule('temperature is greater than 30 °C', { name: 'Server room too hot' });
    const before = receiver.received.length;
    await scene.send({ temperature: 31.5, humidity: 48 });
    await scene.app.app.get(Deliverer).settled();
    const posted = receiver.received.slice(before).find(({ body }) => body.data.alertId === own._id)?.body;
    const shown = JSON.parse(PAGE.blocks('json')[1] ?? '') as object;
    const shapeOf = (value: any): unknown =>
      typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([key, of]) => [key, shapeOf(of)]))
        : typeof value;
    expect(shapeOf(posted)).toEqual(shapeOf(shown));
  });

  describe('its code that verifies signatures', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-verify-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const programs = {
      'node verify.mjs': [
        'js',
        `\nconst [secret, headers, body] = JSON.parse(process.argv[2]);\nverify(secret, headers, body);\n`,
      ],
      'python3 verify.py': [
        'python',
        '\nimport json, sys\nsecret, headers, body = json.loads(sys.argv[1])\nverify(secret, headers, body.encode())\n',
      ],
    } as const;
    const accepts = (command: string, input: unknown): boolean => {
      const [program = '', file = ''] = command.split(' ');
      const [language, tail] = programs[command as keyof typeof programs];
      writeFileSync(join(folder, file), PAGE.blocks(language)[0] + tail);
      return spawnSync(program, [join(folder, file), JSON.stringify(input)]).status === 0;
    };
    const accepted = async (command: string) => {
      const rule = await scene.makeRule('temperature > 30');
      const rotated = await scene.app.call('POST', `/api/alerts/${rule._id}/rotate-secret`, { key: scene.writeKey });
      const before = receiver.received.length;
      await scene.app.call('POST', `/api/alerts/${rule._id}/test`, { key: scene.writeKey });
      const { headers, text } = await receiver.waitFor(before + 1);
      const old = { ...headers, 'webhook-timestamp': '1700000000' };
      return [
        accepts(command, [rule.webhookSecret, headers, text]),
        accepts(command, [rotated.body.webhookSecret, headers, text]),
        accepts(command, [rule.webhookSecret, headers, `${text} `]),
        accepts(command, [rule.webhookSecret, old, text]),
        accepts(command, ['whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', headers, text]),
      ];
    };

    it('accepts only valid signatures in JavaScript', async () => {
      expect(await accepted('node verify.mjs')).toEqual([true, true, false, false, false]);
    });

    withPython('accepts only valid ones in Python', async () => {
      expect(await accepted('python3 verify.py')).toEqual([true, true, false, false, false]);
    });
  });

  it('names only existing settings, scripts and files', () => expect(PAGE.unknownNames()).toEqual([]));
});
