import { spawn } from 'node:child_process';
import { EventSource } from 'eventsource';
import { makeBucket, makeKey, makeSource } from '../support/make';
import { Page } from '../support/page';
import { startApp, type TestApp } from '../support/test-app';
import { until } from '../support/until';

const PAGE = new Page('docs/live.md');

let server: TestApp;
let readKey: string;
let store: (t: number) => Promise<void>;

beforeAll(async () => {
  server = await startApp();
  const bucketId = await makeBucket(server);
  const dataSourceId = await makeSource(server, bucketId);
  readKey = (await makeKey(server, bucketId, 'read')).key;
  store = async (t) => {
    const body = { bucketId, dataSourceId, values: { t } };
    expect((await server.call('POST', '/api/data', { key: server.adminKey, body })).status).toBe(201);
  };
});
afterAll(() => server.stop());

/** Runs a command of the page until it has printed what is waited for. */
async function runUntil(command: string, isEnough: (printed: string) => boolean | Promise<boolean>): Promise<string> {
  const env = { DAKKIO: server.url, READ_KEY: readKey, PATH: process.env.PATH };
  // Without `exec`, the signal below would end the shell alone.
  const child = spawn('sh', ['-c', `exec ${command.replace('curl ', 'curl -sS ')}`], { env });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text));
  await until(`enough of ${command}`, () => isEnough(printed));
  child.kill();
  return printed;
}

describe('docs/live.md', () => {
  const [stream = '', ndjson = '', ticket = ''] = PAGE.blocks('sh');

  it('shows commands that print what it says', async () => {
    let isStored = false;
    const printed = await runUntil(stream, async (text) => {
      if (text.includes('event: ready') && !isStored) {
        isStored = true;
        await store(21.5);
      }
      return /event: point\ndata: .*\n\n/.test(text);
    });
    const shown = /```\n(retry: [^]*?)```/.exec(PAGE.text)?.[1] ?? '';
    const formOf = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => line.replace(/(id: ).*|(retry: ).*/, '$1$2').replace(/^(data: ).*/, '$1'));
    expect(formOf(printed)).toEqual(formOf(shown));
    const keysOf = (text: string) => Object.keys(JSON.parse(text.trim().split('data: ').at(-1) ?? ''));
    expect(keysOf(printed)).toEqual(keysOf(shown));

    const lines = await runUntil(ndjson, (text) => text.includes('"event":"ready"'));
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event),
    ).toEqual(['point', 'ready']);
  });

  it('shows programs for browsers that get points', async () => {
    const [withFetch = '', withTicket = ''] = PAGE.blocks('js');
    const created = await runUntil(ticket, (text) => text.endsWith('}'));
    const shown: { event?: string; values?: object }[] = [];
    const enough = new Error('enough');
    const show = (event: { event?: string }) => {
      shown.push(event);
      if (event.event === 'point') throw enough;
    };
    const run = (code: string, names: Record<string, unknown>) => {
      // eslint-disable-next-line @typescript-eslint/no-implied-eval
      const made: unknown = new Function(...Object.keys(names), `return (async () => {${code}})()`);
      return (made as (...values: unknown[]) => Promise<void>)(...Object.values(names));
    };
    const reading = run(withFetch, { DAKKIO: server.url, READ_KEY: readKey, show });
    await until('fetch is ready', () => shown.some(({ event }) => event === 'ready'));
    await Promise.all([store(1), expect(reading).rejects.toBe(enough)]);

    const opened: EventSource[] = [];
    const Opening = class extends EventSource {
      constructor(url: string) {
        super(url);
        opened.push(this);
      }
    };
    const names = { DAKKIO: server.url, ticket: JSON.parse(created).streamTicket.ticket, EventSource: Opening };
    await run(withTicket, { ...names, show: (data: { values: object }) => shown.push(data) });
    await new Promise((resolve) => opened[0]?.addEventListener('ready', resolve));
    await store(2);
    await until('EventSource has the point', () => shown.some(({ values }) => values !== undefined));
    opened[0]?.close();
    expect(shown.at(-1)?.values).toEqual({ t: 2 });
  });

  it('names settings, scripts and files that exist', () => expect(PAGE.unknownNames()).toEqual([]));
});
