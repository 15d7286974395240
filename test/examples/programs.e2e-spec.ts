import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { makeInfluxScene, type InfluxScene } from '../support/influx-scene';
import { NodeRed } from '../support/node-red';
import { Page } from '../support/page';
import { startApp, type TestApp } from '../support/test-app';

const EXAMPLES = join(__dirname, '..', '..', 'examples');
const run = promisify(execFile);

let server: TestApp;
let scene: InfluxScene;
beforeAll(async () => (server = await startApp()));
beforeEach(async () => (scene = await makeInfluxScene(server)));
afterAll(() => server.stop());

it('curl/write-and-read.sh writes a point and reads it, and ends with the error of the server', async () => {
  const script = (KEY: string) =>
    run('sh', [join(EXAMPLES, 'curl', 'write-and-read.sh'), '21.5'], {
      env: { SERVER: server.url, KEY, PATH: process.env.PATH ?? '' },
    });
  expect((await script(scene.key)).stdout).toMatch(/^timestamp,.*temperature\n20.*,21\.5\n$/);
  await expect(script('dakkio_w_wrong')).rejects.toMatchObject({
    code: 22,
    stdout: expect.stringContaining('unauthorized'),
  });
});

it('node-red/flow.json writes what it injects, and reads it', async () => {
  const flow = JSON.parse(readFileSync(join(EXAMPLES, 'node-red', 'flow.json'), 'utf8')) as any[];
  const of = (type: string) => flow.find((node) => node.type === type);
  const after = (node: any) => flow.find(({ id }) => id === node.wires[0][0]);
  const red = new NodeRed();
  const { hostname, port, ...settings } = of('influxdb');
  expect([hostname, port]).toEqual(['localhost', '3000']);
  const credentials = { username: 'any', password: scene.key };
  red.create('influxdb', { ...settings, hostname: '127.0.0.1', port: scene.port, credentials });
  const [reading, ask] = flow.filter(({ type }) => type === 'inject');
  expect([after(reading).type, after(ask).type, after(after(ask)).type]).toEqual([
    ...['influxdb out', 'influxdb in', 'debug'],
  ]);

  await red.create('influxdb out', after(reading)).send({ payload: JSON.parse(reading.payload) });
  expect(await scene.stored()).toEqual([['weather,site=north', expect.any(String), { temperature: 21.5 }]]);
  const message: { payload?: Iterable<object> } = {};
  await red.create('influxdb in', after(ask)).send(message);
  expect(Array.from(message.payload ?? [])).toMatchObject([{ site: 'north', temperature: 21.5 }]);
});

it('README.md lists every example, and names files that exist', () => {
  const page = new Page('examples/README.md');
  const linked = [...page.text.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path);
  const files = readdirSync(EXAMPLES, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => relative(EXAMPLES, join(parentPath, name)));
  expect(paths.filter((path) => !linked.includes(path))).toEqual(['README.md']);
  expect(page.unknownNames()).toEqual([]);
  const commands = [...page.text.matchAll(/`[^`]*?(?:sh|python3|--config|cp) ([\w-]+\/[\w.-]+)[^`]*`/g)];
  expect(commands.length).toBe(7);
  expect(commands.filter(([, path]) => !linked.includes(path))).toEqual([]);
});
