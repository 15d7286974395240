// npm test leaves this out: it starts servers that wait for a database.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { runProgram, stopProgram, type RunningProgram } from '../support/process';
import { createDatabase, EMPTY, ON_POSTGRES, type TestDatabase } from '../support/test-app';
import { freePort } from '../support/free-port';

const SECRET = { DAKKIO_SECRET_KEY: 's'.repeat(32) };

let database: TestDatabase;
const running: RunningProgram[] = [];
beforeEach(async () => {
  database = await createDatabase(EMPTY);
});
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
  await database.remove();
});

function start(url: string, environment: Record<string, string> = {}): RunningProgram {
  const program = runProgram('main.js', [], { PORT: '0', DATABASE_URL: url, ...SECRET, ...environment });
  running.push(program);
  return program;
}

const logged = async ({ child, printed }: RunningProgram, text: string) => {
  while (!printed.stderr.includes(text)) await new Promise((resolve) => child.stderr?.once('data', resolve));
};
const messagesOf = ({ printed }: RunningProgram) =>
  printed.stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { context: string; message: string })
    .filter(({ context }) => context === 'Database')
    .map(({ message }) => message);

async function forward(port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

/** PostgreSQL's answer to a client that comes too early. */
function refusal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5, 'E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

describe('a start before its database', () => {
  it('waits, says so once, and ends at once on SIGTERM, with the port closed meanwhile', async () => {
    const [port, ownPort] = [await freePort(), await freePort()];
    const server = start(`postgres://dakkio:geheim@127.0.0.1:${port}/none`, { PORT: String(ownPort) });
    await logged(server, 'Waiting up to 60 s');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(messagesOf(server)).toEqual([
      `Waiting up to 60 s for the database (DAKKIO_DATABASE_WAIT_SECONDS). PostgreSQL at 127.0.0.1:${port} refuses connections (connect ECONNREFUSED 127.0.0.1:${port}): start it, or correct the host and port in DATABASE_URL`,
    ]);
    expect(server.printed.stderr).not.toContain('geheim');
    await expect(fetch(`http://127.0.0.1:${ownPort}/health/live`)).rejects.toThrow('fetch failed');
    const signalledAt = Date.now();
    expect(await stopProgram(server)).toBe(0);
    expect(Date.now() - signalledAt).toBeLessThan(5000);
    expect(server.printed.stderr).toContain('SIGTERM: stopping before the start is complete');
  });

  it('fails with the last reason when the time is over', async () => {
    const port = await freePort();
    const refusing = await forward(port, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(refusal('53300', 'sorry, too many clients already')));
    });
    const { code, stderr } = await start(`postgres://dakkio:geheim@127.0.0.1:${port}/none`, {
      DAKKIO_DATABASE_WAIT_SECONDS: '2',
    }).ended;
    expect([code, stderr.trim().split('\n').pop()]).toEqual([
      1,
      `Cannot start: PostgreSQL at 127.0.0.1:${port} has no connection left (sorry, too many clients already): raise its max_connections, or close connections of other programs`,
    ]);
    refusing.close();
  });

  it('does not wait for what does not pass by itself', async () => {
    const port = await freePort();
    const refusing = await forward(port, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(refusal('3D000', 'database "none" does not exist')));
    });
    const startedAt = Date.now();
    const program = start(`postgres://dakkio:geheim@127.0.0.1:${port}/none`);
    expect((await program.ended).code).toBe(1);
    expect(Date.now() - startedAt).toBeLessThan(30_000);
    expect(messagesOf(program)).toEqual([]);
    refusing.close();
  });

  (ON_POSTGRES ? it : it.skip)('starts when the database is there, through all that it says until then', async () => {
    const port = await freePort();
    const url = new URL(database.url);
    const [host, real] = [url.hostname, Number(url.port)];
    url.port = String(port);
    const server = start(url.href);
    await logged(server, 'refuses connections');

    let early = 2;
    const sockets: Socket[] = [];
    const proxy = await forward(port, (socket) => {
      socket.on('error', () => {});
      if (early-- > 0) {
        socket.once('data', () => socket.end(refusal('57P03', 'the database system is starting up')));
        return;
      }
      const onward = connect(real, host).on('error', () => socket.destroy());
      sockets.push(socket, onward);
      socket.pipe(onward).pipe(socket);
    });
    await server.waitFor(/ready at/);

    expect(early).toBeLessThan(0);
    const [first, ...more] = messagesOf(server).filter((message) => /[Ww]aiting|available/.test(message));
    expect(first).toMatch(/^Waiting up to 60 s/);
    expect(more).toEqual([expect.stringMatching(/^The database is available after \d+ s$/)]);
    expect(await stopProgram(server)).toBe(0);
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });

  (ON_POSTGRES ? it.skip : it)('waits for the lock of another program on an SQLite file', async () => {
    const path = join(database.folder, 'test.db');
    const other = new Database(path);
    other.exec('BEGIN EXCLUSIVE');
    const server = start(`sqlite:${path}`);
    await logged(server, 'is locked by another program (SQLITE_BUSY)');
    other.close();
    await server.waitFor(/ready at/);
    expect(messagesOf(server)).toContainEqual(expect.stringMatching(/^The database is available after \d+ s$/));
    expect(await stopProgram(server)).toBe(0);
  });
});
