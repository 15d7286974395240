import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SETTINGS } from '../../src/common/config/settings';
import { routesOf } from '../support/routes';
import { startApp, type TestApp } from '../support/test-app';

const execFileAsync = promisify(execFile);
const ROOT = join(__dirname, '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
});
afterAll(() => server.stop());

it('shows commands that run as they stand, one after the other, with the answers it prints', async () => {
  const environment: Record<string, string> = {
    DAKKIO: server.url,
    ADMIN_KEY: server.adminKey,
    PATH: process.env.PATH ?? '',
  };
  const answers = [];
  for (const command of blocks('sh')) {
    const { stdout } = await execFileAsync('sh', ['-c', command], { env: environment });
    const answer = JSON.parse(stdout) as {
      error?: string;
      bucket?: { _id: string };
      apiKey?: { _id: string; key?: string };
      dataSource?: { _id: string };
    };
    expect(answer.error).toBeUndefined();
    environment.BUCKET_ID ??= answer.bucket?._id ?? '';
    environment.KEY_ID ??= answer.apiKey?._id ?? '';
    environment.WRITE_KEY ??= answer.apiKey?.key ?? '';
    environment.SOURCE_ID ??= answer.dataSource?._id ?? '';
    if (environment.SOURCE_ID === '') delete environment.SOURCE_ID;
    if (environment.KEY_ID === '') delete environment.KEY_ID;
    if (environment.WRITE_KEY === '') delete environment.WRITE_KEY;
    answers.push(answer);
  }
  expect(answers).toHaveLength(12);
  const printed = blocks('json').map((text) => JSON.parse(text) as unknown);
  expect(answers.slice(0, printed.length).map(shapeOf)).toEqual(printed.map(shapeOf));
});

it('lists every setting with its default and its meaning', () => {
  const rows = Object.values(SETTINGS).map(
    ({ variable, defaultText, about }) =>
      `| \`${variable}\` | ${defaultText ? `\`${defaultText}\`` : 'none'} | ${about} |`,
  );
  expect(README.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line))).toEqual(rows);
});

it('lists every call', () => {
  const listed = [...README.matchAll(/^\| `((?:GET|POST|PATCH|PUT|DELETE) [^`]+)` \|/gm)].map(([, call]) => call);
  expect(listed.sort()).toEqual(routesOf(server.app).sort());
});

it('points to files that are there', () => {
  const links = [...README.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path = '']) => path);
  expect(links.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

it('says in package.json that no package reports the installation', () => {
  const { scarfSettings } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scarfSettings: unknown };
  expect(scarfSettings).toEqual({ enabled: false });
});

it('names scripts that package.json has', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = [...README.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

/** The names and types in a value, without what differs each time. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}
