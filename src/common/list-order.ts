import { ChoiceField } from './validation/fields';
import { SORTS, type Sort } from './pagination';

/** The columns that a list can be sorted by besides the time of creation. */
export type SortColumn = 'name' | 'lastUsedAt' | 'lastTriggeredAt';
/** The order of a list. `asc` and `desc` are by creation; a column alone is ascending, with `-` descending. */
export type ListSort = Sort | SortColumn | `-${SortColumn}`;

/** A row of a list, with everything that orders depend on. */
export interface OrderedRow {
  readonly id: string;
  readonly name: string;
  /** Times in milliseconds since 1970; null and a missing column sort before all times. */
  readonly createdAt: number;
  readonly lastUsedAt?: number | null;
  readonly lastTriggeredAt?: number | null;
}

/** Compares two rows, as `Array.sort` needs it. */
export type Comparison<Row> = (one: Row, other: Row) => number;

const DESCRIBED: Readonly<Record<SortColumn, string>> = {
  name: '`name`: by name, with numbers in their order and without regard to case',
  lastUsedAt: '`lastUsedAt`: never used first, then the longest unused',
  lastTriggeredAt: '`lastTriggeredAt`: never triggered first, then the longest ago',
};

/** The order of a list, oldest first unless it is sent. */
export function SortField(columns: readonly SortColumn[]): PropertyDecorator {
  const values = [...SORTS, ...columns.flatMap((column) => [column, `-${column}`])];
  const last = values.at(-1) ?? '';
  const message = `sort must be ${values.slice(0, -1).map(quoted).join(', ')} or ${quoted(last)}`;
  const described = columns.map((column) => DESCRIBED[column]).join('. ');
  const description = `\`asc\`: oldest first. \`desc\`: newest first. ${described}. With \`-\` in front: the reverse`;
  return ChoiceField({ values, required: false, message }, { description, default: 'asc', example: 'desc' });
}

function quoted(value: string): string {
  return `'${value}'`;
}

/** Whether a list is sorted by creation, which an index does. */
export function isByAge(sort: ListSort | undefined): sort is Sort | undefined {
  return sort === undefined || sort === 'asc' || sort === 'desc';
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'accent' });

const byAge: Comparison<OrderedRow> = (one, other) =>
  one.createdAt - other.createdAt || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
const byTime = (column: 'lastUsedAt' | 'lastTriggeredAt'): Comparison<OrderedRow> => {
  return (one, other) => (one[column] ?? 0) - (other[column] ?? 0) || byAge(one, other);
};
const COMPARISONS: Readonly<Record<SortColumn | Sort, Comparison<OrderedRow>>> = {
  asc: byAge,
  desc: (one, other) => byAge(other, one),
  name: (one, other) => names.compare(one.name, other.name) || byAge(one, other),
  lastUsedAt: byTime('lastUsedAt'),
  lastTriggeredAt: byTime('lastTriggeredAt'),
};

/** The comparison of an order. No two rows are equal in it. */
export function comparisonOf(sort: ListSort = 'asc'): Comparison<OrderedRow> {
  const compare = COMPARISONS[sort.replace('-', '') as SortColumn | Sort];
  return sort.startsWith('-') ? (one, other) => compare(other, one) : compare;
}
