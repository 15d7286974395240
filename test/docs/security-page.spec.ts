import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'security.md'), 'utf8');

it.each([...new Set([...PAGE.matchAll(/`test\/([\w/-]+)`/g)].map(([, name = '']) => name))])(
  'names a test that there is: test/%s',
  (name) => {
    expect(['e2e-spec', 'spec'].some((kind) => existsSync(join(ROOT, 'test', `${name}.${kind}.ts`)))).toBe(true);
  },
);

it('links to pages that there are', () => {
  const links = [...PAGE.matchAll(/\]\(([\w.-]+)\)/g)].map(([, file = '']) => file);
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((file) => !existsSync(join(ROOT, 'docs', file)))).toEqual([]);
});

it('has a line for each risk of the OWASP API Security Top 10 (2023)', () => {
  const risks = [...PAGE.matchAll(/^\| API(\d+) /gm)].map(([, number]) => Number(number));
  expect(risks).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
