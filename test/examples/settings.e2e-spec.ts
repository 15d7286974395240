// What programs send that are not here, with the settings of their examples; what they send is known from their sources.
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { connect } from 'mqtt';
import { MqttServer } from '../../src/mqtt/mqtt-server';
import { makeInfluxScene, type InfluxScene } from '../support/influx-scene';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const EXAMPLES = join(__dirname, '..', '..', 'examples');
/** In Python since 3.11. There is no parser of TOML among the packages. */
const HAS_TOML = spawnSync('python3', ['-c', 'import tomllib'], { stdio: 'ignore' }).status === 0;
const TO_JSON = 'import json, sys, tomllib; print(json.dumps(tomllib.load(sys.stdin.buffer)))';
const NS = '1700000000000000000';
const AT = '2023-11-14T22:13:20.000Z';

let server: TestApp;
let scene: InfluxScene;
beforeAll(async () => (server = await startApp({ DAKKIO_MQTT_PORT: '0' })));
beforeEach(async () => (scene = await makeInfluxScene(server)));
afterAll(() => server.stop());

const text = (path: string) => readFileSync(join(EXAMPLES, path), 'utf8');
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** The parser that @nestjs/swagger writes YAML with. */
const { load } = createRequire(require.resolve('@nestjs/swagger'))('js-yaml') as { load: (text: string) => any };
/** A value with a tag, such as `!secret x`, is its text. */
const yaml = (path: string) => load(text(path).replace(/: !(?:secret|lambda) /g, ': '));

interface Output {
  readonly urls: readonly string[];
  readonly [setting: string]: unknown;
}

/** The outputs of a file for Telegraf, where `${WRITE_KEY}` is replaced from the environment. */
function telegrafOutput(file: string, kind: string): Output {
  const input = text(`telegraf/${file}`).replace('${WRITE_KEY}', scene.key);
  const { outputs, inputs } = JSON.parse(execFileSync('python3', ['-c', TO_JSON], { input, encoding: 'utf8' }));
  expect(Object.keys(inputs).length).toBeGreaterThan(0);
  expect(Object.keys(outputs)).toEqual([kind]);
  expect(outputs[kind]).toHaveLength(1);
  const [output] = outputs[kind];
  expect(output.urls).toEqual(['http://localhost:3000']);
  return output;
}

async function post(path: string, body: string | Buffer, headers: Record<string, string>): Promise<number> {
  return (await fetch(server.url + path, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers })).status;
}

/** As `outputs.influxdb_v2`: compressed, in chunks, and with nothing about the precision. */
async function sendAsTelegraf({ token, organization, bucket }: Output, lines: string): Promise<number | undefined> {
  const path = `/api/v2/write?bucket=${String(bucket)}&org=${String(organization)}`;
  const headers = {
    authorization: `Token ${String(token)}`,
    'content-type': 'text/plain; charset=utf-8',
    'content-encoding': 'gzip',
    'user-agent': 'Telegraf/1.32.0 Go/1.23.1',
  };
  const sent = request(server.url + path, { method: 'POST', headers });
  const compressed = gzipSync(lines);
  sent.write(compressed.subarray(0, 10));
  sent.end(compressed.subarray(10));
  const [answer] = await once(sent, 'response');
  answer.resume();
  return answer.statusCode;
}

(HAS_TOML ? describe : describe.skip)('the example of Telegraf', () => {
  it('telegraf.conf writes all fields of inputs.system, which are three metrics of one time', async () => {
    const fields = ['load1=0.5,n_cpus=4i', 'uptime=1000i', 'uptime_format=" 0:16"'];
    const lines = fields.map((field) => `system,host=a ${field} ${NS}\n`).join('');
    expect(await sendAsTelegraf(telegrafOutput('telegraf.conf', 'influxdb_v2'), lines)).toBe(204);
    expect(await scene.stored()).toEqual([
      ['system,host=a', AT, { load1: 0.5, n_cpus: 4, uptime: 1000, uptime_format: ' 0:16' }],
    ]);
  });

  it('telegraf-v1.conf creates the database, and writes', async () => {
    const { database, username, password } = telegrafOutput('telegraf-v1.conf', 'influxdb');
    const headers = { authorization: basic(String(username), String(password)) };
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    const create = new URLSearchParams({ q: `CREATE DATABASE "${String(database)}"` }).toString();
    expect(await post('/query', create, form)).toBe(200);
    expect(await post(`/write?db=${String(database)}`, `cpu,cpu=cpu0,host=a usage_idle=98.2 ${NS}\n`, headers)).toBe(
      204,
    );
    expect(await scene.stored()).toEqual([['cpu,cpu=cpu0,host=a', AT, { usage_idle: 98.2 }]]);
  });

  it('mqtt.conf writes what a broker hands it', async () => {
    const line = `mqtt_consumer,host=a,topic=hall/sensor/temperature/state value=21.5 ${NS}\n`;
    expect(await sendAsTelegraf(telegrafOutput('mqtt.conf', 'influxdb_v2'), line)).toBe(204);
    expect((await scene.stored()).map(([, , values]) => values)).toEqual([{ value: 21.5 }]);
  });
});

describe('the example of Home Assistant', () => {
  it('writes states, and reads one as a sensor', async () => {
    const { influxdb, sensor } = yaml('home-assistant/configuration.yaml');
    expect(influxdb).toMatchObject({ api_version: 2, ssl: false, host: 'localhost', port: 3000 });
    expect(influxdb.token).toBe('dakkio_write_key');
    const path = `/api/v2/write?org=${influxdb.organization}&bucket=${influxdb.bucket}&precision=ns`;
    const headers = { authorization: `Token ${scene.key}`, 'content-type': 'text/plain' };
    // Its check at the start, then a state.
    expect(await post(path, '', headers)).toBe(204);
    const state = 'value=21.5,temperature=21.5,friendly_name_str="Greenhouse",device_class_str="temperature"';
    expect(await post(path, `°C,domain=sensor,entity_id=greenhouse ${state} ${NS}\n`, headers)).toBe(204);

    const [rest, ...others] = sensor;
    expect([rest.platform, rest.authentication, rest.password, others]).toEqual([
      ...['rest', 'basic', 'dakkio_read_key', []],
    ]);
    const resource = rest.resource.replace('http://localhost:3000', server.url);
    const answer = await fetch(resource, { headers: { authorization: basic(rest.username, scene.reader) } });
    // What its template reads.
    expect(rest.value_template).toBe('{{ value_json.data[0].values.temperature }}');
    expect(((await answer.json()) as any).data[0].values.temperature).toBe(21.5);
  });
});

describe('the examples of ESPHome', () => {
  it('mqtt.yaml sends the states of sensors', async () => {
    const { mqtt, ...others } = yaml('esphome/mqtt.yaml');
    expect([others, mqtt.port, mqtt.discovery, mqtt.password]).toEqual([{}, 1883, false, 'dakkio_write_key']);
    const port = server.app.get(MqttServer).ports[0]?.port ?? 0;
    const device = connect(`mqtt://127.0.0.1:${port}`, { username: mqtt.username, password: scene.key });
    await device.publishAsync('hall/status', 'online', { retain: true });
    await device.publishAsync('hall/sensor/temperature/state', '21.5', { retain: true });
    await device.endAsync();
    await until('both are stored', async () => (await scene.stored()).length === 2);
    const stored = (await scene.stored()).map(([source, , values]) => [source, values]);
    expect(Object.fromEntries(stored)).toEqual({
      'hall/status': { value: true },
      'hall/sensor/temperature/state': { value: 21.5 },
    });
  });

  it('http.yaml posts a line that its lambda builds', async () => {
    const { http_request: component, sensor } = yaml('esphome/http.yaml');
    expect(component).toEqual({ timeout: '5s' });
    const { url, request_headers: headers, body } = sensor[0].temperature.on_value[0]['http_request.post'];
    expect(headers).toEqual({ Authorization: 'dakkio_authorization' });
    const [, before = ''] = /^return "(.*)" \+ to_string\(x\);$/.exec(body) ?? [];
    const path = url.replace('http://192.168.1.10:3000', '');
    // What to_string makes of a float.
    expect(await post(path, `${before}21.500000`, { authorization: `Token ${scene.key}` })).toBe(204);
    expect(await scene.stored()).toEqual([['weather,site=north', expect.any(String), { temperature: 21.5 }]]);
  });
});
