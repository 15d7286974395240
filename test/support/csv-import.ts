import { sampleOf } from '../../console/src/csv/sample';
import type { Column, Target } from '../../console/src/screens/import/columns';
import { PointReader, type Reading } from '../../console/src/screens/import/point-reader';
import { suggestionFor } from '../../console/src/screens/import/suggestion';

export const sampled = (text: string) => sampleOf(new TextEncoder().encode(text), true);
export const suggested = (text: string) => suggestionFor(sampled(text));
export const usesOf = (columns: readonly Column[]) => Object.fromEntries(columns.map(({ title, use }) => [title, use]));
export const NEW: Target = { kind: 'new', name: 'File' };

export const column = (use: Column['use'], name: string, more: Partial<Column> = {}): Column => ({
  ...{ title: name, use, name, unit: '', type: 'number' },
  ...more,
});
const COLUMNS = [
  column('time', 'time'),
  column('source', 'device'),
  column('value', 't', { unit: '°C' }),
  column('value', 'open', { type: 'boolean' }),
  column('metadata', 'room'),
  column('ignore', 'x'),
];
export const READING: Reading = { columns: COLUMNS, decimal: '.', format: 'iso', zone: 'UTC', isDescending: false };
export const readCells = (...cells: string[]) => new PointReader(READING).read({ line: 7, cells });
