// npm test leaves this out: programs that a page prints are started. start shows the page.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deviceSnippets } from '../../console/src/screens/start/device-snippets';
import { FIELD_TYPES, type FieldType } from '../../src/sources/schema';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const run = promisify(execFile);
const ARDUINO = join(__dirname, '../support/arduino');

let server: TestApp;
let bucketId: string;
let folder: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  folder = await mkdtemp(join(tmpdir(), 'dakkio-programs-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await server.stop();
});

/** A data source with one field of a type, its key, and what a program has for it. */
async function connect(type: FieldType) {
  const path = `/api/buckets/${bucketId}/sources`;
  const body = { name: 'Device', schema: { state: type } };
  const { _id: dataSourceId } = (await server.call('POST', path, { key: server.adminKey, body })).body.dataSource as {
    _id: string;
  };
  const { key } = await makeKey(server, bucketId, 'write', { dataSourceId });
  const device = { serverUrl: server.url, key, dataSourceId, fields: [{ name: 'state', type }] };
  const textOf = (id: string) => deviceSnippets(device).find((one) => one.id === id)?.text ?? '';
  return { dataSourceId, key, textOf };
}

async function expectStored(dataSourceId: string, state: unknown): Promise<void> {
  const { body } = await server.call('GET', `/api/data/latest?bucketId=${bucketId}`, { key: server.adminKey });
  const points = body.data as { dataSourceId: string; values: unknown }[];
  expect(points.find((point) => point.dataSourceId === dataSourceId)?.values).toEqual({ state });
}

async function exists(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    () => false,
  );
}

/** Sends what settings would send. */
async function send(url: string, key: string, text: string): Promise<void> {
  const headers = { 'X-API-Key': key, 'Content-Type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: text });
  expect({ status: response.status, url }).toEqual({ status: 201, url });
}

describe.each(FIELD_TYPES)('a program that sends a %s', (type) => {
  const example = { number: 21.5, boolean: true, string: 'on' }[type];

  it.each([
    ['curl', 'send.sh', 'sh'],
    ['javascript', 'send.mjs', process.execPath],
    ['python', 'send.py', 'python3'],
  ])('works in %s as it is', async (id, file, command) => {
    if (command === 'python3' && !(await exists(command))) return;
    const { dataSourceId, textOf } = await connect(type);
    await writeFile(join(folder, file), textOf(id));
    await run(command, [join(folder, file)]);
    await expectStored(dataSourceId, example);
  });

  it('works on Arduino, where there is a compiler', async () => {
    if (!(await exists('g++'))) return;
    const { dataSourceId, key, textOf } = await connect(type);
    await writeFile(join(folder, 'sketch.cpp'), textOf('arduino'));
    const options = ['-DONE_LOOP', '-I', ARDUINO, '-include', 'Arduino.h'];
    await run('g++', [...options, join(folder, 'sketch.cpp'), '-o', join(folder, 'sketch')]);
    const { stdout } = await run(join(folder, 'sketch'));
    const [head = '', body = ''] = stdout.split('\n\n');
    expect(head.split('\n')).toEqual([`${server.url}/api/data`, `X-API-Key: ${key}`, 'Content-Type: application/json']);
    await send(`${server.url}/api/data`, key, body);
    await expectStored(dataSourceId, example);
  });

  it('works in Home Assistant', async () => {
    const { dataSourceId, key, textOf } = await connect(type);
    const [, url = '', payload = ''] = /url: "(.*)"[^]*payload: '(.*)'/.exec(textOf('home-assistant')) ?? [];
    // What its templates make of a state.
    const rendered = { number: '21.5', boolean: 'true', string: '"on"' }[type];
    await send(url, key, payload.replace(/\{\{.*?\}\}/, rendered));
    await expectStored(dataSourceId, example);
  });

  it('works in Telegraf', async () => {
    const { dataSourceId, key, textOf } = await connect(type);
    const text = textOf('telegraf');
    const [, url = ''] = /url = "(.*)"/.exec(text) ?? [];
    const [, before, point = '', after] =
      /json_transformation = '(.*\[)metrics\[\$exists\(fields\.load1\)\]\.(.*)(\].*)'/.exec(text) ?? [];
    // What JSONata makes of a load of 2.5.
    const load = { number: '2.5', boolean: 'true', string: '"2.5"' }[type];
    const filled = point
      .replace(': timestamp', `: ${Date.now()}`)
      .replace(/("state": ).*?(\}\})/, (_match, name: string, end: string) => `${name}${load}${end}`);
    await send(url, key, `${before ?? ''}${filled}${after ?? ''}`);
    await expectStored(dataSourceId, JSON.parse(load));
  });
});
