import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS } from '../../src/common/config/settings';

const ROOT = join(__dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'limits.md'), 'utf8');

interface Row {
  readonly section: string;
  readonly cells: readonly string[];
  readonly bound: string;
}

const ROWS: Row[] = PAGE.split(/^## /m)
  .slice(1)
  .flatMap((section) => {
    const [heading = '', ...lines] = section.split('\n');
    const rows = lines.filter((line) => line.startsWith('|') && !/^\| Resource \||^\|[-|]+$/.test(line));
    return rows.map((line) => {
      const cells = line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim());
      return { section: heading, cells, bound: cells[2] ?? '' };
    });
  });

const MIB = 1024 * 1024;
const UNITS: Readonly<Record<string, number>> = { '': 1, KB: 1024, KiB: 1024, MB: MIB, MiB: MIB, GB: 1024 * MIB };

/** The numbers that a cell shows, `1,000` and `4 MB` among them, without what its comments say. */
function numbersIn(cell: string): number[] {
  const shown = cell
    .replace(/<!--.*?-->/g, '')
    .replace(/`[^`]*`/g, (code) => (/^`[\d,]+`$/.test(code) ? code.slice(1, -1) : ''));
  return [...shown.matchAll(/(\d[\d,]*(?:\.\d+)?) ?(KiB|KB|MiB|MB|GB)?(?![\w])/g)].map(
    ([, digits = '', unit = '']) => Number(digits.replaceAll(',', '')) * (UNITS[unit] ?? NaN),
  );
}

/** What rows quote from the code: `<!-- src/query/time-zones.ts MAX_FORMATS -->`, or `… KEPT_MILLIS / 3600000 -->`. */
const CONSTANTS = ROWS.flatMap(({ cells, bound }) =>
  [...bound.matchAll(/<!-- (\S+) (\w+)(?: \/ (\d+))? -->/g)].map(([, file = '', name = '', divisor = '1']) => ({
    ...{ resource: cells[0] ?? '', bound, file, name, divisor: Number(divisor) },
  })),
);

const NAMED = ROWS.flatMap(({ cells, bound }) =>
  [...cells.join('|').matchAll(/DAKKIO_[A-Z_]+/g)].map(([variable]) => ({ resource: cells[0] ?? '', variable, bound })),
);

it('has rows of four cells, which name the resource, who can grow it and its bound', () => {
  expect(ROWS.length).toBeGreaterThan(0);
  for (const { cells } of ROWS) {
    expect(cells).toHaveLength(4);
    expect(cells.slice(0, 3)).not.toContain('');
  }
});

it.each([...new Set(NAMED.map(({ variable }) => variable))])(
  'names a setting that there is, and shows its default in a row at least: %s',
  (variable) => {
    const setting = Object.values(SETTINGS).find((one) => one.variable === variable);
    if (!setting) throw new Error(`There is no setting ${variable}`);
    const bounds = NAMED.filter((one) => one.variable === variable).map(({ bound }) => bound);
    const inBounds = bounds.filter((bound) => bound.includes(variable));
    if (!/^\d+$/.test(setting.defaultText ?? '') || inBounds.length === 0) return;
    expect(inBounds.flatMap(numbersIn)).toContain(Number(setting.defaultText));
  },
);

it.each(CONSTANTS)('quotes the code: $resource, $name', async ({ bound, file, name, divisor }) => {
  const module = (await import(join(ROOT, file))) as Readonly<Record<string, unknown>>;
  expect(module[name]).toEqual(expect.any(Number));
  expect(numbersIn(bound)).toContain(Number(module[name]) / divisor);
});
