import type { SafeRegex } from './safe-regex';

/** What follows `::`: the kind of a column, or the type its values are cast to. */
export type Cast = 'float' | 'integer' | 'string' | 'boolean' | 'tag' | 'field';
export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^';
export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~';
export type Operator = Arithmetic | Comparison | 'AND' | 'OR';

/** An expression of a statement. Durations and integers are exact, because times in nanoseconds exceed a double. */
export type Expression =
  | { readonly type: 'reference'; readonly name: string; readonly cast?: Cast | undefined }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'duration'; readonly nanos: bigint }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'regex'; readonly regex: SafeRegex }
  | { readonly type: 'wildcard'; readonly only?: 'tag' | 'field' | undefined }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly type: 'parentheses'; readonly inner: Expression }
  | {
      readonly type: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** `"db"."rp"."m"`, `m` or `/regex/`. */
export interface MeasurementRef {
  readonly database?: string | undefined;
  readonly policy?: string | undefined;
  readonly measurement: string | SafeRegex;
}

/** A column of `SELECT`. */
export interface SelectedField {
  readonly expression: Expression;
  readonly alias?: string | undefined;
}

/** `GROUP BY time(1h, 5m)`. */
export interface TimeGroup {
  readonly everyNanos: bigint;
  readonly offsetNanos: bigint;
}

/** What empty groups show. */
export type FillOption = 'none' | 'null' | 'previous' | 'linear' | number;

/** How many rows and series an answer has. */
export interface Page {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly seriesLimit?: number | undefined;
  readonly seriesOffset?: number | undefined;
}

export interface SelectStatement extends Page {
  readonly kind: 'select';
  readonly fields: readonly SelectedField[];
  readonly from: readonly MeasurementRef[];
  readonly where?: Expression | undefined;
  readonly groupByTime?: TimeGroup | undefined;
  /** Names of tags, patterns of them, and `*` for all. */
  readonly groupByTags: readonly (string | SafeRegex)[];
  readonly groupsByAllTags: boolean;
  readonly fill: FillOption;
  readonly isDescending: boolean;
  readonly timeZone?: string | undefined;
}

interface ShowStatement extends Page {
  /** `ON`. */
  readonly database?: string | undefined;
  readonly from: readonly MeasurementRef[];
  readonly where?: Expression | undefined;
}

/** Which names `WITH KEY` or `WITH MEASUREMENT` keeps. */
export type NameMatch =
  | { readonly operator: '=' | '!='; readonly name: string }
  | { readonly operator: '=~' | '!~'; readonly regex: SafeRegex }
  | { readonly operator: 'IN'; readonly names: readonly string[] };

export type Statement =
  | SelectStatement
  | { readonly kind: 'showDatabases' }
  | { readonly kind: 'showRetentionPolicies'; readonly database?: string | undefined }
  | (ShowStatement & { readonly kind: 'showMeasurements'; readonly match?: NameMatch | undefined })
  | (ShowStatement & { readonly kind: 'showFieldKeys' })
  | (ShowStatement & { readonly kind: 'showTagKeys' })
  | (ShowStatement & { readonly kind: 'showTagValues'; readonly match: NameMatch })
  | (ShowStatement & { readonly kind: 'showSeries' })
  /** `CREATE DATABASE`, or `CREATE` or `ALTER RETENTION POLICY`: accepted if the database is there, and changes nothing. */
  | { readonly kind: 'create'; readonly database: string };
