import { comparisonOf, type ListSort, type OrderedRow } from './list-order';

const row = (id: string, name: string, createdAt: number, lastUsedAt: number | null = null): OrderedRow => ({
  ...{ id, name, createdAt, lastUsedAt },
});
const ROWS = [
  row('a', 'Sensor 10', 3, 20),
  row('b', 'sensor 2', 1),
  row('c', 'Äpfel', 2, 10),
  row('d', 'Zoo', 2, 20),
  row('e', 'SENSOR 2', 4),
];
const ids = (sort?: ListSort) => [...ROWS].sort(comparisonOf(sort)).map(({ id }) => id);

it.each<[ListSort | undefined, string]>([
  [undefined, 'bcdae'],
  ['asc', 'bcdae'],
  ['desc', 'eadcb'],
  ['name', 'cbead'],
  ['-name', 'daebc'],
  ['lastUsedAt', 'becda'],
  ['-lastUsedAt', 'adceb'],
])('sorts by %s', (sort, expected) => {
  expect(ids(sort).join('')).toBe(expected);
});
