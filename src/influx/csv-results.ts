import type { Cell, Series } from '../influxql/answer';
import { messageOf, type StatementResult } from './statement-results';
import type { ShowEpoch } from './epochs';

/**
 * The answer as InfluxDB's CSV: the name and the tags of the series before its columns, and an empty line before other columns. An
 * error is a table of its own.
 */
export async function* csvResults(results: Iterable<StatementResult>): AsyncGenerator<string, void, undefined> {
  let isFirst = true;
  for (const { series, showTime } of results) {
    let head: string | undefined;
    try {
      for await (const one of series) {
        const own = lineOf(['name', 'tags', ...one.columns]);
        if (own !== head) yield (isFirst ? '' : '\n') + own;
        head = own;
        isFirst = false;
        const before = `${lineOf([one.name ?? '', tagsText(one)]).slice(0, -1)},`;
        for await (const rows of one.pages)
          yield rows.map((row) => before + lineOf(cellsOf(row, one, showTime))).join('');
      }
    } catch (cause) {
      yield `${isFirst ? '' : '\n'}error\n${lineOf([messageOf(cause)])}`;
      return;
    }
  }
}

function cellsOf(row: readonly Cell[], { hasTime }: Series, showTime: ShowEpoch): (string | null)[] {
  return row.map((cell, index) => {
    if (cell === null) return null;
    return hasTime && index === 0 && typeof cell === 'number' ? showTime(cell) : String(cell);
  });
}

/** `host=a,region=eu`, escaped as in line protocol. */
function tagsText({ tags = {} }: Series): string {
  const escaped = (text: string) => text.replace(/[ ,=]/g, (one) => `\\${one}`);
  const given = Object.entries(tags).filter(([, value]) => value !== '');
  return given.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join(',');
}

function lineOf(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => quoted(cell ?? '')).join(',')}\n`;
}

/** A cell in quotes where RFC 4180 or a space at its beginning needs them. */
function quoted(text: string): string {
  return /[",\r\n]|^\s/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
