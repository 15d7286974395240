import type { RouteRight } from './route-rights';

const REACH = { all: 'yes', source: 'its source', none: '–' } as const;
const HEAD = ['Route', 'Admin', 'Write', 'Read', 'Write-only', 'Bound to a data source'];

/** The rights as a Markdown table with a row for each route. */
export function rightsTable(rights: readonly RouteRight[]): string {
  return [lineOf(HEAD), '|---'.repeat(HEAD.length) + '|', ...rights.map(rowOf)].join('\n');
}

/** A Markdown page whose table of rights is replaced. A page without one stays as it is. */
export function withRightsTable(page: string, rights: readonly RouteRight[]): string {
  return page
    .split('\n\n')
    .map((part) => (part.startsWith(lineOf(HEAD)) ? rightsTable(rights) : part))
    .join('\n\n');
}

function rowOf({ route, right: { types, writeOnly, bound, onlyWithoutPoints, onlyForSessions } }: RouteRight): string {
  const isForWriteKeys = types.includes('write');
  const cells = [
    mark(types.includes('admin')),
    onlyWithoutPoints ? 'without points' : mark(isForWriteKeys),
    mark(types.includes('read')),
    mark(isForWriteKeys && writeOnly),
    isForWriteKeys ? REACH[bound] : '–',
  ];
  return lineOf([`\`${route}\``, ...cells.map((cell) => (onlyForSessions && cell === 'yes' ? 'its session' : cell))]);
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function mark(isAllowed: boolean): string {
  return isAllowed ? 'yes' : '–';
}
