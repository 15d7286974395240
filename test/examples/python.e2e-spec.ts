import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const EXAMPLES = join(__dirname, '..', '..', 'examples', 'python');
const execFileAsync = promisify(execFile);

let server: TestApp;
let bucketId: string;
let key: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
  key = (await makeKey(server, bucketId, 'write')).key;
});
afterAll(() => server.stop());

async function run(file: string, args: readonly string[], withKey = key): Promise<string> {
  const environment = { SERVER: server.url, KEY: withKey, PATH: process.env.PATH ?? '' };
  return (await execFileAsync('python3', [join(EXAMPLES, file), ...args], { env: environment })).stdout;
}
const post = (path: string, body: object) => server.call('POST', path, { key: server.adminKey, body });

it('write.py writes a point, and prints why it was refused', async () => {
  await run('write.py', ['21.5']);
  const { body } = await post('/api/data/query', { bucketId });
  expect(body.data).toMatchObject([{ values: { temperature: 21.5 } }]);
  await expect(run('write.py', ['21.5'], 'dakkio_w_wrong')).rejects.toThrow(/401: .*unauthorized/);
});

it('upload.py stores a CSV, and prints the lines that were refused', async () => {
  const { body } = await post(`/api/buckets/${bucketId}/sources`, { name: 'File', schema: { t: 'number' } });
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-example-'));
  const path = join(folder, 'points.csv');
  writeFileSync(path, 'time,t\n1700000000000,1\n1700000001000,x\n1700000002000,3\n');
  const id = body.dataSource._id as string;
  expect(await run('upload.py', [path, id])).toBe('2 inserted, 0 duplicates, 1 rejected\nLine 3: t must be a number\n');
  await expect(run('upload.py', [path, 'ffffffffffffffffffffffff'])).rejects.toThrow(/404: .*Data source not found/);
  rmSync(folder, { recursive: true });
});
