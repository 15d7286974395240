import { answer, api, type Api } from './client';

/** The points or groups of one data source in columns: times in milliseconds, and a list of values for each field. */
export type Columns = Api<'ColumnsView'>;

/** Runs a query whose answer is made for charts: one entry for each data source, and up to 100,000 groups. */
export async function queryColumns(body: Omit<Api<'QueryBody'>, 'format'>, signal: AbortSignal): Promise<Columns[]> {
  const call = api.POST('/api/data/query', { body: { ...body, format: 'columns' }, signal });
  const { data } = await answer(call);
  // The format decides which of the two it is.
  return data as Columns[];
}

/** The numbers of a field, with null for what is missing or no number. With several aggregations, name one. */
export function numbersOf({ values }: Pick<Columns, 'values'>, field: string, aggregation?: string): (number | null)[] {
  const found = values[field] ?? [];
  const column = Array.isArray(found) ? found : (found[aggregation ?? ''] ?? []);
  return column.map((value) => (typeof value === 'number' ? value : null));
}
