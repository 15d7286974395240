import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SETTINGS } from '../../src/common/config/settings';
import { Page } from '../support/page';
import { routesOf } from '../support/routes';
import { startApp, type TestApp } from '../support/test-app';

const execFileAsync = promisify(execFile);
const ROOT = join(__dirname, '..', '..');
const README = new Page('README.md');
const GUIDES = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'deploy/README.md',
  ...GUIDES.map((name) => `docs/${name}`),
];

/** The commands of the README need jq, which not every machine has. */
const itWithJq = spawnSync('jq', ['--version']).error === undefined ? it : it.skip;

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

const environment = (): Record<string, string> => ({
  DAKKIO: server.url,
  ADMIN_KEY: server.adminKey,
  PATH: process.env.PATH ?? '',
});

describe('README.md', () => {
  itWithJq('leads to a plot in the terminal by five commands', async () => {
    const commands = README.blocks('sh');
    expect(commands).toHaveLength(5);
    const script = ['set -eo pipefail', ...commands].join('\n');
    const { stdout, stderr } = await execFileAsync('bash', ['--norc', '-c', script], { env: environment() });
    expect(stderr).toBe('');
    const [ingested = '', ...plot] = stdout.trim().split(/(?<=\})|\n/);
    expect(JSON.parse(ingested)).toMatchObject({ inserted: 288 });
    expect(plot.length).toBeGreaterThanOrEqual(24);
    for (const line of plot) {
      const [, bar = '', degrees] = /^\d\d:00 (█+) (\d+) °C$/.exec(line) ?? [];
      expect([line, bar.length]).toEqual([line, Number(degrees)]);
    }
    expect(new Set(plot.map((line) => line.length)).size).toBeGreaterThan(10);
  });

  it('says what it is in its first lines, and has the first command within the first screen', () => {
    const lines = README.text.split('\n');
    expect(lines.slice(2, 5).join(' ')).toMatch(/time-series data/);
    expect(lines.indexOf('npm start')).toBeLessThan(15);
  });
});

it('shows in docs/get-started.md requests that work one after the other, with the replies it prints', async () => {
  const page = new Page('docs/get-started.md');
  const variables = environment();
  const replies: object[] = [];
  for (const command of page.blocks('sh')) {
    const { stdout } = await execFileAsync('sh', ['-c', command], { env: variables });
    const reply = JSON.parse(stdout) as {
      error?: string;
      bucket?: { _id: string };
      apiKey?: { _id: string; key?: string };
      dataSource?: { _id: string };
    };
    expect(reply.error).toBeUndefined();
    const found = {
      BUCKET_ID: reply.bucket?._id,
      KEY_ID: reply.apiKey?._id,
      WRITE_KEY: reply.apiKey?.key,
      SOURCE_ID: reply.dataSource?._id,
    };
    for (const [name, value] of Object.entries(found)) if (value !== undefined) variables[name] ??= value;
    replies.push(reply);
  }
  expect(replies).toHaveLength(12);
  const printed = page.blocks('json').map((text) => JSON.parse(text) as unknown);
  expect(printed.length).toBeGreaterThan(0);
  expect(replies.slice(0, printed.length).map(shapeOf)).toEqual(printed.map(shapeOf));
});

it('lists every setting in docs/settings.md with its default and its meaning', () => {
  const rows = Object.values(SETTINGS).map(
    ({ variable, defaultText, about }) =>
      `| \`${variable}\` | ${defaultText ? `\`${defaultText}\`` : 'none'} | ${about} |`,
  );
  const listed = new Page('docs/settings.md').text.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line));
  expect(listed).toEqual(rows);
});

it('lists every call in docs/api.md', () => {
  const { text } = new Page('docs/api.md');
  const listed = [...text.matchAll(/^\| `((?:GET|POST|PATCH|PUT|DELETE) [^`]+)` \|/gm)].map(([, call]) => call);
  expect(listed.sort()).toEqual(routesOf(server.app).sort());
});

it('lists every guide in docs/README.md', () => {
  const links = [...new Page('docs/README.md').text.matchAll(/\]\(([\w.-]+\.md)\)/g)].map(([, name]) => name);
  expect(links.sort()).toEqual(GUIDES.filter((name) => name !== 'README.md').sort());
});

describe.each(PAGES)('%s', (path) => {
  const page = new Page(path);

  it('names settings, scripts and files that exist', () => {
    expect(page.unknownNames()).toEqual([]);
  });

  it('links to sections that exist', () => {
    const links = [...page.text.matchAll(/\]\((?!http)([^)#]*)#([^)]+)\)/g)];
    const missing = links.filter(([, file = '', anchor = '']) => {
      const target = file === '' ? path : join(dirname(path), file);
      return !existsSync(join(ROOT, target)) || !anchorsOf(readFileSync(join(ROOT, target), 'utf8')).has(anchor);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });
});

it('says in package.json that no package reports the installation', () => {
  const { scarfSettings } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scarfSettings: unknown };
  expect(scarfSettings).toEqual({ enabled: false });
});

/** The anchors that GitHub gives the headings of a page, and those that it sets itself. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name = '']) => name)]);
}

/** The names and types in a value, without what differs each time. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}
