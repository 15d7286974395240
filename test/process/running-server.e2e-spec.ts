// npm test leaves this out: it starts a process for each case.
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { caller } from '../support/call';
import { startServer, stopProgram as stop, type RunningProgram } from '../support/process';
import { createDatabase, ON_POSTGRES, type TestDatabase } from '../support/test-app';

const KEY = /dakkio_a_[0-9A-Za-z]{36}/;

let database: TestDatabase;
const running: RunningProgram[] = [];
beforeEach(async () => {
  database = await createDatabase();
});
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
  await database.remove();
});

async function started(environment: Record<string, string> = {}) {
  const server = await startServer({ DATABASE_URL: database.url, ...environment });
  running.push(server);
  return server;
}

describe('a running server', () => {
  it('logs one JSON object a line where nobody watches, and never a key', async () => {
    const { call, printed, ...program } = await started({ DAKKIO_LOG_LEVEL: 'debug', DAKKIO_DOC: 'off' });
    const key = KEY.exec(printed.stdout)?.[0] ?? '';
    await call('GET', `/api/buckets/${key}?key=${key}`, { key, headers: { 'X-Request-Id': key } });
    await call('POST', `/api/buckets/${key}/keys`, { key: `${key}x`, body: key });
    await stop({ printed, ...program });

    const shown = `${key.slice(0, 13)}...`;
    const lines = printed.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; message: unknown; context: string });
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'Unknown environment variable DAKKIO_DOC is ignored. Did you mean DAKKIO_DOCS?',
      }),
    );
    expect(lines.filter(({ context }) => context === 'Requests').map(({ message }) => message)).toEqual([
      {
        method: 'GET',
        url: `/api/buckets/${shown}?key=${shown}`,
        status: 400,
        millis: expect.any(Number),
        requestId: shown,
        address: '127.0.0.1',
      },
      {
        method: 'POST',
        url: `/api/buckets/${shown}/keys`,
        status: 401,
        millis: expect.any(Number),
        requestId: expect.any(String),
        address: '127.0.0.1',
      },
    ]);
    expect(printed.stderr).not.toContain(key);
    expect(printed.stdout.split(key)).toHaveLength(3);
  });

  it('serves the OpenAPI document as YAML that the build has written', async () => {
    const { url } = await started();
    const [yaml, json] = await Promise.all([fetch(`${url}/docs-yaml`), fetch(`${url}/docs-json`)]);
    expect(yaml.headers.get('content-type')).toBe('text/yaml; charset=utf-8');
    const paths = (await yaml.text()).match(/^ {2}\/[^\n]*(?=:$)/gm)?.map((line) => line.trim());
    expect(paths).toEqual(Object.keys(((await json.json()) as { paths: object }).paths));
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with 0 on %s, finishes what runs, and takes nothing new',
    async (signal) => {
      const { printed, child, ended, url } = await started();
      const key = KEY.exec(printed.stdout)?.[0] ?? '';
      const { port } = new URL(url);
      const body = JSON.stringify({ name: 'Last words' });
      const socket = connect(Number(port), '127.0.0.1');
      let answer = '';
      socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
      socket.write(
        `POST /api/buckets HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      socket.write(body.slice(0, 5));
      // A second request that is answered tells that the first one's head has been taken in.
      await caller(url)('GET', '/health/live');

      child.kill(signal);
      await once(child.stderr ?? socket, 'data');
      await expect(fetch(`${url}/health/live`)).rejects.toThrow();
      socket.write(body.slice(5));
      const { code } = await ended;

      expect(answer).toContain('HTTP/1.1 201 Created');
      expect(answer).toContain('Connection: close');
      expect(code).toBe(0);
    },
  );

  it('ends with 0 even when a client never finishes its request', async () => {
    const { printed, child, ended, url } = await started();
    const key = KEY.exec(printed.stdout)?.[0] ?? '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      `POST /api/buckets HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
    );
    await caller(url)('GET', '/health/live');

    child.kill('SIGTERM');

    expect((await ended).code).toBe(0);
    socket.destroy();
  });

  it('has written down the last use of each key when it has stopped', async () => {
    const first = await started();
    const key = KEY.exec(first.printed.stdout)?.[0] ?? '';
    await first.call('GET', '/api/keys/self', { key });
    await stop(first);
    const second = await started();
    const { lastUsedAt } = (await second.call('GET', '/api/keys', { key })).body.apiKeys[0] as { lastUsedAt: string };
    expect(Date.parse(lastUsedAt)).toBeGreaterThan(Date.now() - 60_000);
  });
});

(ON_POSTGRES ? describe.skip : describe)('the SQLite file', () => {
  it("is its owner's alone, and holds no key", async () => {
    const { printed, call, url, ...program } = await started();
    const key = KEY.exec(printed.stdout)?.[0] ?? '';
    const { bucket } = (await call('POST', '/api/buckets', { key, body: { name: 'x' } })).body as {
      bucket: { _id: string };
    };
    const made = (await call('POST', `/api/buckets/${bucket._id}/keys`, { key, body: { name: 'x', type: 'read' } }))
      .body.apiKey.key as string;
    const files = readdirSync(database.folder).map((name) => join(database.folder, name));
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual(files.map(() => 0o600));
    for (const text of [key, made])
      for (const file of files) expect(readFileSync(file).includes(text.slice(14))).toBe(false);
    await stop({ printed, ...program });
    expect(url).toMatch(/^http/);
  });
});
