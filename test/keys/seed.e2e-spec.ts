// npm test runs this on PostgreSQL too: keys, rotation, quotas and their log are rows of each database.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import axios, { type AxiosError } from 'axios';
import { makeBucket } from '../support/make';
import { ABSENT_ID } from '../support/refusals';
import { startApp, type TestApp } from '../support/test-app';

/** The page "Create API Key" as its readers use it: real curl, real axios, its own commands. */
const execFileAsync = promisify(execFile);
const CREATED = {
  message: 'API key created successfully',
  apiKey: {
    _id: expect.stringMatching(/^[0-9a-f]{24}$/),
    name: 'Living Room Sensor',
    type: 'write',
    key: expect.stringMatching(/^dakkio_w_[0-9A-Za-z]{36}$/),
    bucketId: expect.stringMatching(/^[0-9a-f]{24}$/),
    // The page shows this format in whole seconds. Milliseconds are an agreed addition.
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/),
  },
};
const CREATED_READ = {
  ...CREATED,
  apiKey: {
    ...CREATED.apiKey,
    name: 'Dashboard Reader',
    type: 'read',
    key: expect.stringMatching(/^dakkio_r_[0-9A-Za-z]{36}$/),
  },
};

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());

/** Runs a command of the page in a shell, with the host and the placeholders of the test. */
async function shell(command: string): Promise<{ status: number; type: string; body: unknown }> {
  const ours = command
    .replaceAll('https://api.dakkio.io', server.url)
    .replaceAll('507f1f77bcf86cd799439011', bucketId)
    .replaceAll('dakkio_a_your_admin_key...', server.adminKey);
  const { stdout } = await execFileAsync('sh', ['-c', `${ours} -s -w '\\n%{http_code} %{content_type}'`]);
  const end = stdout.lastIndexOf('\n');
  const [status = '', type = ''] = stdout.slice(end + 1).split(/ (.*)/);
  return { status: Number(status), type, body: JSON.parse(stdout.slice(0, end)) };
}

const POST = (body: string, headers = '-H "X-API-Key: dakkio_a_your_admin_key..." \\\n') =>
  `curl -X POST "https://api.dakkio.io/api/buckets/507f1f77bcf86cd799439011/keys" \\\n${headers}-H "Content-Type: application/json" \\\n-d '${body}'`;

describe('by curl', () => {
  it('creates the write key of the first example', async () => {
    const answer = await shell(POST('{\n"name": "Living Room Sensor",\n"type": "write"\n}'));
    expect(answer).toEqual({ status: 201, type: 'application/json; charset=utf-8', body: CREATED });
  });

  it('creates the read key of the second example', async () => {
    const answer = await shell(POST('{\n"name": "Dashboard Reader",\n"type": "read"\n}'));
    expect(answer).toMatchObject({ status: 201, body: CREATED_READ });
  });

  it.each([
    [
      POST('{ "name": "x", "type": "owner" }'),
      400,
      { error: 'Validation Error', message: "Invalid key type. Must be 'write' or 'read'" },
    ],
    [POST('{ "type": "write" }'), 400, { error: 'Validation Error', message: 'Key name is required' }],
    [
      POST('{ "name": "x", "type": "write" }', ''),
      401,
      { error: 'Unauthorized', message: 'Invalid or missing API key' },
    ],
    [
      POST('{ "name": "x", "type": "write" }').replace('507f1f77bcf86cd799439011', 'ffffffffffffffffffffffff'),
      404,
      { error: 'Not Found', message: 'Bucket not found' },
    ],
  ])('returns the errors of the page: %s', async (command, status, body) => {
    expect(await shell(command)).toEqual({ status, type: 'application/json; charset=utf-8', body });
  });
});

describe('by axios', () => {
  const createApiKey = async (bucket: string, name: string, type: string, key = server.adminKey) => {
    const response = await axios.post(
      `${server.url}/api/buckets/${bucket}/keys`,
      { name, type },
      { headers: { 'X-API-Key': key, 'Content-Type': 'application/json' } },
    );
    return response.data as { message: string; apiKey: { key: string } };
  };

  it('creates both keys of the example', async () => {
    expect(await createApiKey(bucketId, 'Living Room Sensor', 'write')).toEqual(CREATED);
    expect(await createApiKey(bucketId, 'Dashboard Reader', 'read')).toEqual(CREATED_READ);
  });

  it('throws the errors of the page', async () => {
    const failure = (bucket: string, name: string, type: string, key?: string) =>
      createApiKey(bucket, name, type, key).then(
        () => undefined,
        ({ response }: AxiosError) => [response?.status, response?.data],
      );
    const { apiKey } = await createApiKey(bucketId, 'Sensor', 'write');

    expect(await failure(bucketId, 'x', 'admin')).toEqual([
      400,
      { error: 'Validation Error', message: "Invalid key type. Must be 'write' or 'read'" },
    ]);
    expect(await failure(bucketId, '', 'write')).toEqual([
      400,
      { error: 'Validation Error', message: 'Key name is required' },
    ]);
    expect(await failure(bucketId, 'x', 'write', 'nonsense')).toEqual([
      401,
      { error: 'Unauthorized', message: 'Invalid or missing API key' },
    ]);
    expect(await failure(bucketId, 'x', 'write', apiKey.key)).toEqual([
      403,
      { error: 'Forbidden', message: 'Only Admin keys can create API keys' },
    ]);
    expect(await failure(ABSENT_ID, 'x', 'write')).toEqual([404, { error: 'Not Found', message: 'Bucket not found' }]);
  });

  it('creates a key for each device, and revokes one alone', async () => {
    const devices = ['ESP32-001 Living Room', 'ESP32-002 Kitchen', 'ESP32-003 Garage'];
    const made = await Promise.all(devices.map((device) => createApiKey(bucketId, device, 'write')));
    const [first] = made.map(({ apiKey }) => apiKey as unknown as { _id: string; key: string });
    await axios.delete(`${server.url}/api/buckets/${bucketId}/keys/${first?._id}`, {
      headers: { 'X-API-Key': server.adminKey },
    });
    const statuses = await Promise.all(
      made.map(({ apiKey }) => server.call('GET', '/api/keys/self', { key: apiKey.key }).then(({ status }) => status)),
    );
    expect(statuses).toEqual([401, 200, 200]);
  });
});
