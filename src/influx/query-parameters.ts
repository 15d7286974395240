import type { LeanRequest } from '../common/http/lean-messages';
import { ApiError } from '../common/errors';
import { preferredType } from '../common/http/accepted-type';
import { formOf } from './form-body';
import type { StatementQuery } from './influx.dto';
import { CHUNK_SIZE_WRONG, PARAMS_WRONG, STATEMENT_MISSING } from './influx.errors';
import { epochOf, type Epoch } from './epochs';

/** As in InfluxDB. */
const DEFAULT_CHUNK_ROWS = 10_000;
export const MAX_CHUNK_ROWS = 100_000;
const CSV_TYPES = ['application/csv', 'text/csv'] as const;

/** What a request for `/query` asks for. */
export interface QueryParameters {
  readonly text: string;
  readonly database: string | undefined;
  /** The unit of times; undefined for RFC 3339. */
  readonly epoch: Epoch | undefined;
  readonly isPretty: boolean;
  /** The most rows of a chunk; undefined for an answer in one piece. */
  readonly chunkRows: number | undefined;
  /** The media type of a CSV answer; undefined for JSON. */
  readonly csvType: (typeof CSV_TYPES)[number] | undefined;
  /** The values of bound parameters such as `$host`. */
  readonly bound: Readonly<Record<string, unknown>>;
}

/**
 * The parameters of a request, from its query string and from a form in its body, which precedes.
 *
 * @throws ApiError for a parameter that cannot be read, and without a statement
 */
export async function parametersOf(request: LeanRequest, query: StatementQuery): Promise<QueryParameters> {
  const form = await formOf(request);
  const valueOf = (name: keyof StatementQuery) => form.get(name) ?? query[name] ?? '';
  const text = valueOf('q');
  if (text === '') throw new ApiError(STATEMENT_MISSING);
  const accepted = preferredType(request.headers.accept, ['application/json', ...CSV_TYPES]);
  return {
    text,
    database: valueOf('db') || undefined,
    epoch: epochOf(valueOf('epoch')),
    isPretty: valueOf('pretty') === 'true',
    chunkRows: valueOf('chunked') === 'true' ? chunkRowsOf(valueOf('chunk_size')) : undefined,
    csvType: CSV_TYPES.find((type) => type === accepted),
    bound: boundOf(valueOf('params')),
  };
}

function chunkRowsOf(text: string): number {
  if (text === '') return DEFAULT_CHUNK_ROWS;
  const rows = Number(text);
  if (!/^\d+$/.test(text) || rows === 0) throw new ApiError(CHUNK_SIZE_WRONG);
  return Math.min(rows, MAX_CHUNK_ROWS);
}

function boundOf(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.assign(Object.create(null) as Record<string, unknown>, value);
  } catch {
    // Not JSON: as below.
  }
  throw new ApiError(PARAMS_WRONG);
}
