// npm test leaves this out: a compiler for each program.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port';
import { makeInfluxScene, type InfluxScene } from '../../support/influx-scene';
import { startApp, type TestApp } from '../../support/test-app';
import { until } from '../../support/until';
import { BoardPrograms, LIBRARY, startBoard, type Board } from './board';

// Compilers take long on a busy machine.
jest.setTimeout(180_000);

const HAS_COMPILER = spawnSync('g++', ['--version'], { stdio: 'ignore' }).status === 0;
const DEVICE = join(__dirname, 'device.cpp');
const read = (path: string) => readFileSync(join(LIBRARY, path), 'utf8');

describe('clients/arduino', () => {
  it('is a library as the Arduino IDE expects it, with the license and version of the project', () => {
    const properties = Object.fromEntries(
      read('library.properties')
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/, 2)),
    );
    const { version } = JSON.parse(read('../../package.json')) as { version: string };
    expect(properties).toMatchObject({ name: 'Dakkio', version, architectures: 'esp32,esp8266', includes: 'Dakkio.h' });
    expect(readdirSync(join(LIBRARY, 'examples')).every((name) => read(`examples/${name}/${name}.ino`))).toBe(true);
    expect(read('LICENSE')).toBe(read('../../LICENSE'));
  });

  it('names every public method in keywords.txt and in its README', () => {
    const isPublic = /^ {2}(?!private:)(?:[\w&*]+ )+(\w+)\([^)]*\)(?: const)? \{/gm;
    const publicPart = (text: string) => text.slice(text.indexOf('\nclass'), text.indexOf('\nprivate:'));
    const texts = [read('src/Dakkio.h'), read('src/dakkio/Point.h')].map(publicPart);
    const methods = new Set(texts.flatMap((text) => [...text.matchAll(isPublic)].map(([, name = '']) => name)));
    for (const inner of ['DakkioPoint', 'hasFields', 'line']) methods.delete(inner);
    const keywords = [...read('keywords.txt').matchAll(/^(\w+)\tKEYWORD2$/gm)].map(([, name]) => name);
    expect([...methods].sort()).toEqual(keywords.sort());
    expect(keywords.filter((name) => !read('README.md').includes(`${name}(`))).toEqual([]);
    const [, struct = ''] = /\nstruct DakkioOptions \{([^}]*)\}/.exec(read('src/Dakkio.h')) ?? [];
    const options = [...struct.matchAll(/(\w+) = /g)].map(([, name]) => name);
    expect(options.length).toBe(8);
    expect(options.filter((name) => !read('README.md').includes(`\`${name}\``))).toEqual([]);
  });
});

(HAS_COMPILER ? describe : describe.skip)('a board', () => {
  let programs: BoardPrograms;
  let esp32: string;
  let server: TestApp;
  let scene: InfluxScene;
  let ends: (() => unknown)[] = [];
  beforeAll(async () => {
    programs = await BoardPrograms.open();
    esp32 = await programs.compile(DEVICE, 'ESP32');
    server = await startApp();
  }, 180_000);
  beforeEach(async () => (scene = await makeInfluxScene(server)));
  afterEach(() => {
    for (const end of ends) end();
    ends = [];
  });
  afterAll(async () => {
    await server.stop();
    await programs.remove();
  });

  function start(environment: Record<string, string> = {}, program = esp32): Board {
    const board = startBoard(program, { SERVER: server.url, KEY: scene.key, ...environment });
    ends.push(() => board.stop());
    return board;
  }
  async function listen(listener: RequestListener, port = 0): Promise<string> {
    const front: Server = createServer(listener);
    await new Promise<void>((resolve) => front.listen(port, '127.0.0.1', resolve));
    ends.push(() => {
      front.closeAllConnections();
      front.close();
    });
    return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  }
  const forward: RequestListener = (incoming, answer) => {
    const { method, headers, url: path } = incoming;
    const onward = request(server.url, { method, headers, path }, (reply) => {
      // As a proxy that compresses or streams: a body of unknown length comes in chunks.
      if (areChunked) delete reply.headers['content-length'];
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    incoming.pipe(onward);
  };
  let areChunked = false;
  afterEach(() => (areChunked = false));
  const values = async () => (await scene.stored()).map(([, , stored]) => stored);

  it.each([
    ['ESP32', 'c++11'],
    ['ESP8266', 'c++17'],
  ] as const)('of %s stores points of every type, compiled without a warning as %s', async (board, standard) => {
    const device = start({ BUCKET: 'Greenhouse' }, await programs.compile(DEVICE, board, standard));
    const before = Date.now();
    await device.send('types');
    expect(await device.waitFor({ stored: 1 })).toMatchObject({ pending: 0, refused: 0, status: 204, error: '' });
    const [[source, time, stored] = []] = await scene.stored();
    expect(source).toBe('a b,c=d__,path=C:_,t g=x=,y ');
    expect(Date.parse(time ?? '')).toBeGreaterThanOrEqual(before);
    expect(stored).toEqual({
      ...{ d: 0.1, f: 21.37, i: -5, u: 200, l: 9007199254740991, b: true },
      ...{ s: 'say "hi" \\ \n there', wärme: 'x' },
    });
    expect(device.printed()).not.toContain(scene.key);
  });

  it('runs the example sketch', async () => {
    const sketch = join(tmpdir(), `dakkio-weather-${process.pid}.cpp`);
    const text = read('examples/Weather/Weather.ino')
      .replace('http://192.168.1.10:3000', server.url)
      .replace('dakkio_w_...', scene.key);
    writeFileSync(sketch, text);
    const program = await programs.compile(sketch, 'ESP32', 'c++11', ['-include', 'Arduino.h']);
    const child = spawn(program, { stdio: 'ignore' });
    ends.push(() => child.kill());
    await until('it is stored', async () => (await scene.stored()).length === 1);
    expect(await values()).toEqual([{ temperature: 21.5 }]);
  });

  it('sends many points in batches over one connection', async () => {
    let requests = 0;
    const sockets = new Set<unknown>();
    const url = await listen((incoming, answer) => {
      requests += 1;
      sockets.add(incoming.socket);
      forward(incoming, answer);
    });
    const device = start({ SERVER: url });
    await device.send('numbers 120');
    await device.waitFor({ stored: 120, pending: 0, dropped: 0 });
    expect((await values()).length).toBe(120);
    expect(requests).toBeGreaterThanOrEqual(3);
    expect(requests).toBeLessThan(12);
    expect(sockets.size).toBe(1);
  });

  it('keeps points while the server is away, and sends them with the times at which they were written', async () => {
    const port = await freePort();
    const device = start({ SERVER: `http://127.0.0.1:${port}` });
    await device.send('numbers 5');
    await device.waitFor({ error: 'Cannot connect', pending: 5, status: 0 });
    const away = Date.now();
    await listen(forward, port);
    await device.waitFor({ stored: 5, pending: 0, error: '' });
    const times = (await scene.stored()).map(([, time]) => Date.parse(time));
    expect(times.length).toBe(5);
    expect(Math.max(...times)).toBeLessThan(away);
  });

  it.each([false, true])(
    'stores the valid points of a batch, and counts the others (in chunks: %s)',
    async (chunked) => {
      areChunked = chunked;
      const device = start({ SERVER: await listen(forward) });
      await device.send('numbers 1');
      await device.waitFor({ stored: 1 });
      await device.send('offline');
      await device.send('text');
      await device.send('numbers 2');
      await device.send('online');
      const state = await device.waitFor({ pending: 0 });
      expect(state).toMatchObject({ stored: 3, refused: 1, status: 400 });
      expect(state.error).toMatch(/^\{"code":"invalid","message":"partial write: line 1: field type conflict/);
      await device.send('numbers 1');
      expect(await device.waitFor({ stored: 4 })).toMatchObject({ refused: 1, error: '' });
    },
  );

  it.each([429, 503])('waits after %i as long as Retry-After says', async (status) => {
    const times: number[] = [];
    const url = await listen((incoming, answer) => {
      times.push(performance.now());
      if (times.length > 1) return forward(incoming, answer);
      incoming.resume();
      answer.writeHead(status, { 'retry-after': '3', 'content-type': 'application/json' }).end('{"message":"busy"}');
    });
    const device = start({ SERVER: url });
    await device.send('numbers 3');
    await device.waitFor({ status, pending: 3, error: '{"message":"busy"}' });
    await device.waitFor({ stored: 3, pending: 0, dropped: 0 });
    const [first = 0, second = 0] = times;
    expect(times.length).toBe(2);
    expect(second - first).toBeGreaterThanOrEqual(3000);
  });

  it('drops the oldest points of a full buffer, and counts them', async () => {
    const device = start({ BUFFER: '300' });
    await device.send('offline');
    const { pending, dropped } = await device.send('numbers 100');
    expect(pending).toBeGreaterThan(5);
    expect(pending + dropped).toBe(100);
    const state = await device.send('long 300');
    expect(state).toMatchObject({ pending, dropped: dropped + 1 });
    await device.send('online');
    await device.waitFor({ stored: pending, pending: 0 });
    expect(await values()).toEqual(Array.from({ length: pending }, (_, index) => ({ v: 99 - index })).reverse());
  });

  it('counts no point as dropped that was stored while it was replaced', async () => {
    const held: (() => void)[] = [];
    const url = await listen((incoming, answer) => {
      if (held.length > 0) return forward(incoming, answer);
      held.push(() => forward(incoming, answer));
    });
    const device = start({ SERVER: url, BUFFER: '300' });
    await device.send('numbers 3');
    await until('it is sent', () => held.length === 1);
    const { pending } = await device.send('numbers 10');
    expect(pending).toBeLessThan(13);
    held[0]?.();
    expect(await device.waitFor({ pending: 0 })).toMatchObject({ stored: 13, dropped: 0 });
    expect((await values()).length).toBe(13);
  });

  it('never blocks, whatever the server does, and goes on when it is well again', async () => {
    let connections = 0;
    const tcp = createTcpServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined).resume();
      // The first says nothing, the second never ends its headers, the third closes.
      if (connections === 2) {
        const timer = setInterval(() => socket.write('HTTP/1.1 200 OK\r\nx: y\r\n'.repeat(50)), 5);
        socket.on('close', () => clearInterval(timer));
      }
      if (connections === 3) socket.end();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => tcp.listen(port, '127.0.0.1', resolve));
    const device = start({ SERVER: `http://127.0.0.1:${port}` });
    await device.send('numbers 1');
    await device.waitFor({ error: 'No response in time' });
    await device.waitFor({ error: 'No response in time', status: 200 });
    expect(await device.waitFor({ error: 'The connection was closed' })).toMatchObject({ pending: 1 });
    await new Promise<void>((resolve) => tcp.close(() => resolve()));
    await listen(forward, port);
    const { longestLoop } = await device.waitFor({ stored: 1, pending: 0 });
    expect(longestLoop).toBeLessThan(500);
  });

  it('does not take the answer of another program for that of the server', async () => {
    let isPortal = true;
    const url = await listen((incoming, answer) => {
      if (!isPortal) return forward(incoming, answer);
      incoming.resume();
      answer.writeHead(200, { 'content-type': 'text/html', 'transfer-encoding': 'chunked' }).end('<h1>Sign in</h1>');
    });
    const device = start({ SERVER: url });
    await device.send('numbers 2');
    await device.waitFor({ status: 200, pending: 2, stored: 0 });
    isPortal = false;
    await device.waitFor({ stored: 2, pending: 0 });
  });

  it('keeps the points of a key that is not valid, and sends smaller batches after 413', async () => {
    const wrong = start({ KEY: 'dakkio_w_wrong' });
    await wrong.send('numbers 1');
    const { error } = await wrong.waitFor({ status: 401, pending: 1, refused: 0 });
    expect(error).not.toContain('dakkio_w_wrong');
    const sizes: number[] = [];
    const url = await listen((incoming, answer) => {
      const size = Number(incoming.headers['content-length']);
      sizes.push(size);
      if (size < 120) return forward(incoming, answer);
      incoming.resume();
      answer.writeHead(413).end();
    });
    const device = start({ SERVER: url });
    await device.send('offline');
    await device.send('numbers 8');
    await device.send('long 200');
    await device.send('online');
    expect(await device.waitFor({ pending: 0 })).toMatchObject({ stored: 8, refused: 1, error: 'Status 413' });
  });

  it('waits for its clock, and gives earlier points their times', async () => {
    const device = start({ LATE: '1', MILLIS: String(2 ** 32 - 300) });
    const before = Date.now();
    await device.send('numbers 2');
    // The counter of milliseconds begins again meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await device.send('state')).toMatchObject({ pending: 2, stored: 0 });
    const after = Date.now();
    await device.send('clock');
    await device.waitFor({ stored: 2, pending: 0 });
    for (const [, time] of await scene.stored()) {
      expect(Date.parse(time)).toBeGreaterThanOrEqual(before - 5);
      expect(Date.parse(time)).toBeLessThan(after - 300);
    }
  });

  it('needs to know which certificate to trust, and sends no key to another', async () => {
    const heard: string[] = [];
    const plain = await listen((incoming, answer) => {
      heard.push(incoming.url ?? '');
      forward(incoming, answer);
    });
    const SERVER = plain.replace('http', 'https');
    const none = start({ SERVER });
    await none.send('numbers 1');
    await none.waitFor({ error: 'https needs trustRoot, trustFingerprint or trustAnyCertificate', pending: 1 });
    const other = start({ SERVER });
    await other.send('wrong fingerprint');
    await other.send('numbers 1');
    await other.waitFor({ error: 'Cannot connect', pending: 1 });
    expect(heard).toEqual([]);
    for (const [call, printed] of [
      ['root', 'trusts a root'],
      ['fingerprint', 'trusts any'],
      ['any', 'trusts any'],
    ] as const) {
      const device = start({ SERVER });
      await device.send(call);
      await device.send('numbers 1');
      await device.waitFor({ stored: 1 });
      expect(device.printed()).toContain(printed);
    }
    const device = start({ SERVER }, await programs.compile(DEVICE, 'ESP8266'));
    await device.send('fingerprint');
    await device.send('numbers 1');
    await device.waitFor({ stored: 1 });
    expect(device.printed()).toContain('trusts AA BB');
  });

  it('flushes before it sleeps, within the time that it is given', async () => {
    const device = start();
    await device.send('numbers 60');
    await device.send('flush 10000');
    expect(device.printed()).toContain('\nflushed\n');
    await device.send('offline');
    await device.send('numbers 1');
    expect(await device.send('flush 200')).toMatchObject({ pending: 1 });
    expect(device.printed()).toContain('\nnot flushed\n');
    expect((await values()).length).toBe(60);
  });
});
