import { RIGHTS, type RouteRight } from './rights';

const REACH = { all: 'yes', source: 'its source', none: '–' } as const;
const HEAD = ['Route', 'Admin', 'Write', 'Read', 'Write-only', 'Bound to a data source'];

/** `RIGHTS` as a Markdown table, a row for each route. */
export function rightsTable(): string {
  return [lineOf(HEAD), '|---'.repeat(HEAD.length) + '|', ...Object.values<RouteRight>(RIGHTS).map(rowOf)].join('\n');
}

/** A page with its table of rights renewed. A page without one stays as it is. */
export function withRightsTable(page: string): string {
  return page
    .split('\n\n')
    .map((part) => (part.startsWith(lineOf(HEAD)) ? rightsTable() : part))
    .join('\n\n');
}

function rowOf({ route, types, writeOnly, bound, withPoints }: RouteRight): string {
  const isForWriteKeys = types.includes('write');
  return lineOf([
    `\`${route}\``,
    mark(types.includes('admin')),
    withPoints ? 'without points' : mark(isForWriteKeys),
    mark(types.includes('read')),
    mark(isForWriteKeys && writeOnly),
    isForWriteKeys ? REACH[bound] : '–',
  ]);
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function mark(may: boolean): string {
  return may ? 'yes' : '–';
}
