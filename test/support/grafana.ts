import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A query of a panel or a variable, as Grafana stores it. */
type Target = Readonly<Record<string, any>>;
export interface Dashboard {
  readonly templating: { readonly list: readonly Readonly<Record<string, any>>[] };
  readonly panels: readonly { readonly title: string; readonly targets: readonly Target[] }[];
}

/** The chosen value of a variable. Several values, and "All" with its `allValue`, come as they do in Grafana. */
export type Chosen = string | readonly string[] | { readonly all: string };

/** What a dashboard shows: the range in milliseconds, the interval, and the chosen values. */
export interface Shown {
  readonly from: number;
  readonly to: number;
  readonly interval: string;
  readonly variables: Readonly<Record<string, Chosen>>;
}

/** A dashboard of docs/grafana. */
export function readDashboard(name: string): Dashboard {
  return JSON.parse(readFileSync(join(__dirname, '..', '..', 'docs', 'grafana', name), 'utf8')) as Dashboard;
}

/** Replaces `$name`, `${name}` and `${name:format}` as Grafana does before it sends a query. An unknown name is an error here. */
export function expand(text: string, shown: Shown): string {
  return text.replaceAll(/\$(?:(\w+)|\{(\w+)(?::([\w:]+))?\})/g, (_all, bare?: string, braced = '', format = '') => {
    const name = bare ?? (braced as string);
    const builtIn = BUILT_IN[name];
    if (builtIn) return builtIn(shown, format as string);
    const chosen = shown.variables[name];
    if (chosen === undefined) throw new Error(`There is no variable ${name}`);
    return formatted(chosen, format as string);
  });
}

const BUILT_IN: Readonly<Record<string, (shown: Shown, format: string) => string>> = {
  timeFilter: ({ from, to }) => `time >= ${from}ms and time <= ${to}ms`,
  __interval: ({ interval }) => interval,
  __from: ({ from }, format) => timeAs(from, format),
  __to: ({ to }, format) => timeAs(to, format),
};

function timeAs(millis: number, format: string): string {
  return format === 'date:iso' ? new Date(millis).toISOString() : String(millis);
}

function formatted(chosen: Chosen, format: string): string {
  // The value for "All" is sent as it is, whatever the format.
  if (typeof chosen === 'object' && 'all' in chosen) return chosen.all;
  const values = typeof chosen === 'string' ? [chosen] : chosen;
  if (format === 'doublequote') return values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(',');
  if (format !== 'regex') return values.length === 1 ? (values[0] ?? '') : `{${values.join(',')}}`;
  const escaped = values.map((value) => value.replaceAll(/[\\^$*+?.()|[\]{}/]/g, '\\$&'));
  return escaped.length === 1 ? (escaped[0] ?? '') : `(${escaped.join('|')})`;
}

/** The options of a variable in the answer to its query: the column `value` where there is one, else the first. */
export function optionsOf(answer: any): string[] {
  const [series] = answer.results[0].series ?? [];
  if (!series) return [];
  const column = Math.max(0, (series.columns as string[]).indexOf('value'));
  return [...new Set((series.values as string[][]).map((row) => row[column] ?? ''))];
}

/** The value at `selector` of a row, where dots lead into objects. */
export function valueAt(row: object, selector: string): unknown {
  return selector.split('.').reduce((value: any, name) => value?.[name], row);
}
