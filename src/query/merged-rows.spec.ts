import type { EntityManager } from 'typeorm';
import type { Field } from '../sources/schema';
import type { Source } from '../sources/source.entity';
import { SharedColumns, type Column } from './group-columns';
import type { GroupStream } from './group-stream';
import { merged, type SourceOfQuery } from './merged-rows';

const FIELDS = 100;
const WIDE: readonly Field[] = Array.from({ length: FIELDS }, (_, slot) => ({
  ...{ name: `f${slot}`, type: 'number', slot },
}));

/** How many sources were opened between two turns. */
async function openedPerTurn(sources: number, columns: readonly Column[]): Promise<number[]> {
  const opened = [0];
  const open = () => {
    opened.push((opened.pop() ?? 0) + 1);
    return { columns, head: undefined, start: () => Promise.resolve() } as unknown as GroupStream;
  };
  const source: SourceOfQuery = { source: {} as Source, fields: WIDE };
  const options = {
    sources: Array.from({ length: sources }, () => source),
    sort: 'asc' as const,
    yieldTurn: () => Promise.resolve(void opened.push(0)),
  };
  const manager = { connection: { options: { type: 'better-sqlite3' } } } as EntityManager;
  for await (const rows of merged(manager, open, 1, options)) expect(rows).toEqual([]);
  return opened.filter((count) => count > 0);
}

it('opens wide sources in several turns, and narrow ones together', async () => {
  const wide = new SharedColumns({ aggregations: ['median', 'first'], automatic: false }).of(WIDE);
  expect(await openedPerTurn(60, wide)).toEqual([25, 25, 10]);
  expect(await openedPerTurn(60, wide.slice(0, 1))).toEqual([60]);
});

it('makes the columns of a list of fields once', () => {
  const columns = new SharedColumns({ aggregations: ['avg', 'max'], automatic: false });
  expect(columns.of(WIDE)).toHaveLength(2 * FIELDS);
  expect(columns.of(WIDE)).toBe(columns.of(WIDE));
  expect(columns.of(WIDE.slice(1))).toHaveLength(2 * FIELDS - 2);
});
