import { InfluxQLError } from '../influxql/influxql-error';
import type { Series } from '../influxql/answer';
import { messageOf, rowText, type StatementResult } from './statement-results';

/**
 * The JSON of an answer in pieces, computed on demand. An error after rows were sent is in the result that has them, so the answer
 * is always complete. Statements after one that failed are not run.
 */
export async function* jsonResults(
  results: Iterable<StatementResult>,
  limitBytes: number,
): AsyncGenerator<string, void, undefined> {
  const budget = { left: limitBytes, limitBytes };
  let isFirst = true;
  for (const result of results) {
    yield isFirst ? '{"results":[' : ',';
    isFirst = false;
    if (yield* resultText(result, budget)) break;
  }
  yield isFirst ? '{}\n' : ']}\n';
}

interface Budget {
  left: number;
  readonly limitBytes: number;
}

/** @returns whether the statement failed */
async function* resultText(result: StatementResult, budget: Budget): AsyncGenerator<string, boolean> {
  yield `{"statement_id":${result.id}`;
  let open = '';
  let error: string | undefined;
  try {
    for await (const series of result.series) {
      yield `${open === '' ? ',"series":[' : ','}${headOf(series)}`;
      open = '}]';
      let hasRows = false;
      for await (const rows of series.pages) {
        if (rows.length === 0) continue;
        const text = rows.map((row) => rowText(row, series, result.showTime)).join(',');
        spend(budget, text);
        yield (hasRows ? ',' : ',"values":[') + text;
        hasRows = true;
        open = ']}]';
      }
      yield hasRows ? ']}' : '}';
      open = ']';
    }
  } catch (cause) {
    error = messageOf(cause);
  }
  yield `${open}${error === undefined ? '' : `,"error":${JSON.stringify(error)}`}}`;
  return error !== undefined;
}

/** The beginning of a series, without its rows and closing brace. */
export function headOf({ name, tags, columns }: Series): string {
  return JSON.stringify({ name, tags, columns }).slice(0, -1);
}

/** @throws InfluxQLError once the answer exceeds the limit */
function spend(budget: Budget, text: string): void {
  budget.left -= Buffer.byteLength(text);
  if (budget.left >= 0) return;
  throw new InfluxQLError(
    `the answer exceeds ${budget.limitBytes} bytes: select fewer rows, or send chunked=true or Accept: text/csv`,
  );
}
