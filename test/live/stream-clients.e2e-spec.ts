// npm test leaves this out: programs that read a stream, one by one. stream and resume cover it.
import { spawn } from 'node:child_process';
import { EventSource } from 'eventsource';
import { makeBucket, makeKey } from '../support/make';
import { point, StreamScene } from '../support/stream-scene';
import { startApp } from '../support/test-app';
import { until } from '../support/until';

const STREAM = '/api/data/stream';
const scene = new StreamScene();

describe('POST /api/data/stream/tickets', () => {
  const ticketOf = async (body?: object, key = scene.readKey) =>
    (await scene.server.call('POST', `${STREAM}/tickets`, { key, body })).body.streamTicket as {
      ticket: string;
      expiresAt: string;
    };

  it('gives a ticket that opens streams of its key, again and again until it expires', async () => {
    const { ticket, expiresAt } = await ticketOf({ expiresInSeconds: 60 });
    const left = Date.parse(expiresAt) - Date.now();
    expect(left).toBeGreaterThan(55_000);
    expect(left).toBeLessThanOrEqual(60_000);
    for (let use = 0; use < 2; use++) {
      const reading = await scene.stream(`?ticket=${ticket}`, {});
      await scene.store([point(use, use)]);
      await reading.points(1);
    }
  });

  it('is good for no other route, and not once its key is deleted', async () => {
    const { key, _id } = await makeKey(scene.server, scene.bucketId, 'read');
    const { ticket } = await ticketOf(undefined, key);
    const latest = await scene.server.call('GET', `/api/data/latest?ticket=${ticket}`);
    expect(latest.status).toBe(401);
    await scene.server.call('DELETE', `/api/buckets/${scene.bucketId}/keys/${_id}`, { key: scene.server.adminKey });
    expect((await scene.server.call('GET', `${STREAM}?ticket=${ticket}`)).status).toBe(401);
  });

  it('gives nothing for a ticket that was changed, cut short or has expired', async () => {
    const { ticket } = await ticketOf({ expiresInSeconds: 10 });
    const later = ticket.slice(0, 33) + 'ffffffffff' + ticket.slice(43);
    for (const wrong of [later, ticket.slice(0, -1), `${ticket.slice(0, -1)}x`, '', 'dakkio_t_'])
      expect((await scene.server.call('GET', `${STREAM}?ticket=${wrong}`)).status).toBe(401);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 11_000);
    const late = await scene.server.call('GET', `${STREAM}?ticket=${ticket}`);
    now.mockRestore();
    expect(late.status).toBe(401);
  });

  it('expires with its key at the latest', async () => {
    const expiresAt = new Date(Date.now() + 30_000).toISOString();
    const { key } = await makeKey(scene.server, scene.bucketId, 'read', { expiresAt });
    const ticket = await ticketOf({ expiresInSeconds: 3600 }, key);
    expect(Date.parse(ticket.expiresAt)).toBeLessThanOrEqual(Date.parse(expiresAt));
  });
});

describe('clients that people use', () => {
  it('curl -N shows points as they come', async () => {
    const child = spawn('curl', ['-sN', '-H', `X-API-Key: ${scene.readKey}`, `${scene.server.url}${STREAM}`]);
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await until('ready', () => printed.includes('event: ready'));
    await scene.store([point(1, 21)]);
    await until('the point', () => /event: point\ndata: .*"t":21/.test(printed));
    child.kill();
  });

  it('EventSource gets points with a header, and with a ticket', async () => {
    const { body } = await scene.server.call('POST', `${STREAM}/tickets`, { key: scene.readKey });
    const fetchWithKey: typeof fetch = (url, init) =>
      fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), 'X-API-Key': scene.readKey } });
    const sources = [
      new EventSource(`${scene.server.url}${STREAM}`, { fetch: fetchWithKey }),
      new EventSource(`${scene.server.url}${STREAM}?ticket=${body.streamTicket.ticket}`),
    ];
    const received: string[][] = sources.map(() => []);
    const ready = sources.map(() => false);
    for (const [index, source] of sources.entries()) {
      source.addEventListener('ready', () => (ready[index] = true));
      source.addEventListener('point', ({ data }) => received[index]?.push(data as string));
    }
    await until('both are ready', () => ready.every(Boolean));
    await scene.store([point(1, 7)]);
    await until('both have the point', () => received.every((own) => own.length === 1));
    for (const source of sources) source.close();
    expect(received.map(([data]) => JSON.parse(data ?? '').values)).toEqual([{ t: 7 }, { t: 7 }]);
  });

  it('a ticket is not in the log, even with requests in it', async () => {
    const debug = await startApp({ DAKKIO_LOG_LEVEL: 'debug' });
    const bucket = await makeBucket(debug);
    const { key } = await makeKey(debug, bucket, 'read');
    const { ticket } = (await debug.call('POST', `${STREAM}/tickets`, { key })).body.streamTicket;
    await debug.call('GET', `${STREAM}?ticket=${ticket}`);
    await until('the request is logged', () => debug.logs.some((line) => line.includes('stream?ticket=dakkio_t_')));
    expect(debug.logs.join('')).not.toContain(ticket.slice(0, 40));
    await debug.stop();
  });
});
