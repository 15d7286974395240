/** The course of the fields of one data source. */
export interface Course {
  readonly times: readonly number[];
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

interface Row {
  readonly dataSourceId: string;
  readonly timestamp: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The rows of a grouped query by data source, in columns. Rows come oldest first. */
export function coursesOf(rows: readonly Row[]): ReadonlyMap<string, Course> {
  const bySource = new Map<string, Row[]>();
  for (const row of rows) {
    const known = bySource.get(row.dataSourceId);
    if (known) known.push(row);
    else bySource.set(row.dataSourceId, [row]);
  }
  return new Map([...bySource].map(([id, own]) => [id, courseOf(own)]));
}

function courseOf(rows: readonly Row[]): Course {
  const names = new Set(rows.flatMap(({ values }) => Object.keys(values)));
  const values = [...names].map((name) => {
    const column = rows.map((row) => row.values[name]);
    return [name, column.map((value) => (typeof value === 'number' ? value : null))] as const;
  });
  return { times: rows.map(({ timestamp }) => Date.parse(timestamp)), values: Object.fromEntries(values) };
}
