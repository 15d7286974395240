import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Page } from '../support/page';

const ROOT = join(__dirname, '..', '..');
const PAGE = new Page('docs/architecture.md');

it('has a line for each room, in a table', () => {
  const listed = [...PAGE.text.matchAll(/^\| `(src\/[\w-]+)` \| [A-Z].+ \|$/gm)].map(([, room]) => room);
  const folders = readdirSync(join(ROOT, 'src')).filter((name) => statSync(join(ROOT, 'src', name)).isDirectory());
  expect(listed.sort()).toEqual(folders.map((name) => `src/${name}`).sort());
});

it('names files and folders that exist', () => {
  const named = [...PAGE.text.matchAll(/`((?:src|test|bench|scripts|deploy)\/[\w./-]*)`/g)].map(
    ([, path = '']) => path,
  );
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

it.each(['key', 'point', 'query', 'alert'])(
  'walks through the code with a %s, step by step, from file to file',
  (what) => {
    const [walk = ''] =
      PAGE.text.split(`## The walk of a${what === 'alert' ? 'n' : ''} ${what}\n`)[1]?.split('\n## ') ?? [];
    const steps = [...walk.matchAll(/^(\d)\. /gm)].map(([, number]) => Number(number));
    expect(steps).toEqual(steps.map((_, index) => index + 1));
    expect(steps.length).toBeGreaterThanOrEqual(4);
    const files = new Set([...walk.matchAll(/`(src\/[\w./-]+\.ts)`/g)].map(([, file]) => file));
    expect(files.size).toBeGreaterThanOrEqual(3);
  },
);
