import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'mqtt';
import { freePort } from '../support/free-port';
import { startMqtt, type MqttScene } from '../support/mqtt-scene';
import { until } from '../support/until';

/** `.ci/run` installs them; elsewhere, what is not there is left out. Debian puts servers where only root's PATH leads. */
const found = (names: readonly string[], args: readonly string[]) =>
  names.find((name) => spawnSync(name, args, { stdio: 'ignore' }).error === undefined);
const BROKER = found(['mosquitto', '/usr/sbin/mosquitto'], ['-h']);
const PUBLISHER = found(['mosquitto_pub'], ['--version']);
/** Not the first on the PATH, which may be another than Debian's. */
const HAS_PAHO = spawnSync('/usr/bin/python3', ['-c', 'import paho.mqtt.client'], { stdio: 'ignore' }).status === 0;

const ROOT = join(__dirname, '..', '..');
const BRIDGE = readFileSync(join(ROOT, 'examples', 'mosquitto', 'dakkio.conf'), 'utf8');

let scene: MqttScene;
beforeAll(async () => (scene = await startMqtt()));
beforeEach(() => scene.renew());
afterAll(() => scene.end());

/** Runs a program to its end. */
async function run(program: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (printed += text));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${printed}`);
  return printed;
}
const values = async (source: string) => (await scene.valuesOf(source)).map(({ value }) => value);

(PUBLISHER ? describe : describe.skip)('mosquitto_pub', () => {
  const publish = (...more: string[]) =>
    run('mosquitto_pub', ['-p', String(scene.mqttPort), '-u', 'any', '-P', scene.key, ...more]);

  it.each(['mqttv31', 'mqttv311', 'mqttv5'])('stores messages of every QoS with %s', async (version) => {
    for (const qos of ['0', '1', '2']) await publish('-V', version, '-q', qos, '-t', 'pub', '-m', qos);
    await until('all are stored', async () => (await values('pub')).length === 3);
    expect(await values('pub')).toEqual([0, 1, 2]);
  });

  it('stores the same message of two runs twice, and a will', async () => {
    const twice = ['-i', 'same', '-q', '1', '-t', 'twice', '-m', '5'];
    await publish(...twice);
    await publish(...twice);
    expect(await values('twice')).toEqual([5, 5]);
  });

  it('is told why, where the key is wrong', async () => {
    const wrong = run('mosquitto_pub', ['-p', String(scene.mqttPort), '-P', 'wrong', '-u', 'x', '-t', 'a', '-m', '1']);
    await expect(wrong).rejects.toThrow(/bad user name or password/i);
    const reader = run('mosquitto_pub', [
      '-p',
      String(scene.mqttPort),
      '-P',
      scene.reader,
      '-u',
      'x',
      '-t',
      'a',
      '-m',
      '1',
    ]);
    await expect(reader).rejects.toThrow(/not authori[sz]ed/i);
  });
});

/** Starts a broker that forwards everything, with the configuration of the example. */
async function startBridge(folder: string, port: number): Promise<ChildProcess> {
  const bridge = BRIDGE.replace('dakkio.example:1883', `127.0.0.1:${scene.mqttPort}`).replace('<write key>', scene.key);
  const file = join(folder, 'mosquitto.conf');
  const own = `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${folder}/\n`;
  const user = process.getuid?.() === 0 ? 'user root\n' : '';
  writeFileSync(file, `${user}${own}${bridge}restart_timeout 1\n`);
  const broker = spawn(BROKER ?? '', ['-c', file], { stdio: 'ignore' });
  await until(
    'the broker listens',
    () =>
      new Promise<boolean>((resolve) => {
        const client = connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
        client.on('connect', () => {
          resolve(true);
          client.end(true);
        });
        client.on('error', () => resolve(false));
        client.on('close', () => resolve(false));
      }),
  );
  return broker;
}

it('docs/mqtt.md shows the bridge of the example', () => {
  expect(readFileSync(join(ROOT, 'docs', 'mqtt.md'), 'utf8')).toContain(`\`\`\`\n${BRIDGE}\`\`\`\n`);
});

(BROKER ? describe : describe.skip)('mosquitto as a bridge', () => {
  it('forwards what its devices publish, and its retained messages once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-bridge-'));
    const port = await freePort();
    let broker = await startBridge(folder, port);
    const device = connect(`mqtt://127.0.0.1:${port}`);
    for (let value = 1; value <= 50; value++) await device.publishAsync('bridged/t', String(value), { qos: 1 });
    await device.publishAsync('bridged/kept', 'ON', { qos: 1, retain: true });
    await device.publishAsync('zigbee2mqtt/bridge/state', 'online', { qos: 1, retain: true });
    await until('all are stored', async () => (await scene.stored()).length === 51);
    await device.endAsync();
    broker.kill('SIGTERM');
    await once(broker, 'close');
    broker = await startBridge(folder, port);
    const again = connect(`mqtt://127.0.0.1:${port}`);
    await again.publishAsync('bridged/last', '1', { qos: 1 });
    await until('the bridge is connected', async () => (await scene.stored()).length >= 52);
    await again.endAsync();
    broker.kill('SIGTERM');
    await once(broker, 'close');
    rmSync(folder, { recursive: true });
    expect((await values('bridged/t')).length).toBe(50);
    expect(new Set(await values('bridged/t')).size).toBe(50);
    expect(await values('bridged/kept')).toEqual([true]);
    expect((await scene.stored()).length).toBe(52);
  });
});

const PYTHON = `
import sys, paho.mqtt.client as mqtt
port, key, version, topic = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
client = mqtt.Client(client_id='paho', protocol=version, **({} if version == 5 else {'clean_session': True}))
client.username_pw_set('any', key)
client.connect('127.0.0.1', port)
client.loop_start()
for qos in (0, 1, 2):
    for value in range(20):
        client.publish(topic, str(qos * 100 + value), qos=qos).wait_for_publish(10)
client.disconnect()
client.loop_stop()
`;

(HAS_PAHO ? describe : describe.skip)('paho of Python', () => {
  it.each([
    ['3.1.1', '4'],
    ['5', '5'],
  ])('stores messages of every QoS with MQTT %s', async (_name, version) => {
    const topic = `paho/${version}`;
    await run('/usr/bin/python3', ['-c', PYTHON, String(scene.mqttPort), scene.key, version, topic]);
    const expected = [0, 1, 2].flatMap((qos) => Array.from({ length: 20 }, (_, value) => qos * 100 + value));
    await until('all are stored', async () => (await values(topic)).length >= 60);
    expect(await values(topic)).toEqual(expected);
  });
});
