import { readCell } from '../../../../src/ingest/import-cells';
import { isTimeOfDay } from '../../csv/clock-text';
import type { Sample } from '../../csv/sample';
import { timeFormatOf, type FoundFormat } from '../../csv/time-format';
import { nameAndUnit, type Column, type Use } from './columns';
import { BAD_ROW_TITLES } from './bad-rows';
import { isMissing } from './point-reader';

const TIME_TITLE = /time|date|zeit|datum|\bts\b|_ts$|^ts|hour|stamp|last_(changed|updated)|fecha|heure/i;
const SOURCE_TITLE =
  /^(data ?source|source|sensor|device|station|entity|room|location|meter|machine|host|geraet|gerät|raum|zähler)(([ _-]?(id|name))|id|name)?$/i;
/** Columns of the server's own files that are no part of a point. */
const OWN_TITLES = ['_id', 'dataSourceId', ...BAD_ROW_TITLES];
const METADATA_TITLE = /^metadata\.(.+)$/;
const MAX_SOURCES = 200;
const NUMERIC = /^\s*[+-]?[\d.,]+\s*$/;

/** What the columns of a file probably are. */
export interface Suggestion {
  readonly columns: readonly Column[];
  /** Of the time column; undefined if there is none. */
  readonly time: FoundFormat | undefined;
}

/** Suggests what each column becomes, by its title and by the rows of the sample. */
export function suggestionFor({ names, rows, decimal }: Sample): Suggestion {
  const cellsOf = names.map((_, index) => rows.map(({ cells }) => cells[index] ?? ''));
  const formats = cellsOf.map((cells) => timeFormatOf(cells));
  const time = timeColumn(names, formats);
  const found = formats[time];
  const clock = found?.isDateAlone === true ? cellsOf.findIndex(isClock) : -1;
  const source = names.findIndex((name, index) => isSource(name, cellsOf[index] ?? []));
  const taken = new Set<string>();
  const columns = names.map((title, index): Column => {
    const cells = cellsOf[index] ?? [];
    const [, entry] = METADATA_TITLE.exec(title) ?? [];
    const use = useOf({ title, entry, isTime: index === time, isClock: index === clock, isSource: index === source });
    const { name, unit } = nameAndUnit(names.length === 2 && title.startsWith('Column ') ? 'value' : title);
    return { title, use, name: entry ?? freeName(name, taken), unit, type: typeOf(cells, decimal) };
  });
  return { columns, time: found };
}

interface Signs {
  readonly title: string;
  readonly entry: string | undefined;
  readonly isTime: boolean;
  readonly isClock: boolean;
  readonly isSource: boolean;
}

function useOf({ title, entry, isTime, isClock: isTimeOfDay, isSource: isNamed }: Signs): Use {
  if (isTime) return 'time';
  if (isTimeOfDay) return 'clock';
  if (isNamed) return 'source';
  if (entry !== undefined) return 'metadata';
  return OWN_TITLES.includes(title) ? 'ignore' : 'value';
}

/** The first column of times, and rather one whose title says so. */
function timeColumn(names: readonly string[], formats: readonly (FoundFormat | undefined)[]): number {
  const named = names.findIndex((name, index) => formats[index] !== undefined && TIME_TITLE.test(name));
  return named === -1 ? formats.findIndex((format) => format !== undefined) : named;
}

function isClock(cells: readonly string[]): boolean {
  const given = cells.map((cell) => cell.trim()).filter(Boolean);
  return given.length > 0 && given.every(isTimeOfDay);
}

/** Numbers name data sources only where the title says so: `Meter` may be what it shows. */
function isSource(title: string, cells: readonly string[]): boolean {
  const kinds = new Set(cells);
  if (!SOURCE_TITLE.test(title) || OWN_TITLES.includes(title) || kinds.size > MAX_SOURCES || kinds.has(''))
    return false;
  return /id|name/i.test(title) || ![...kinds].every((cell) => NUMERIC.test(cell));
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let count = 2; taken.has(free); count++) free = `${name.slice(0, 60)}_${count}`;
  taken.add(free);
  return free;
}

/** A column is of numbers or booleans if nine tenths of what it has are, or all but one. */
function typeOf(cells: readonly string[], decimal: Sample['decimal']): Column['type'] {
  const given = cells.filter((cell) => !isMissing(cell));
  const exceptions = Math.max(given.length / 10, given.length >= 4 ? 1 : 0);
  const is = (type: 'number' | 'boolean') =>
    given.filter((cell) => typeof readCell(cell, type, decimal) === 'string').length <= exceptions;
  if (is('number')) return 'number';
  return is('boolean') ? 'boolean' : 'string';
}
