import { HttpException } from '@nestjs/common';
import type { ErrorCode } from './error-codes';

/** The text of the `error` field of a reply, by status. */
export const TITLES: Readonly<Record<number, string>> = {
  400: 'Validation Error',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

/** A reason to refuse a request: status, code and sentence. `<name>` in the sentence is filled in for each request. */
export interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** Further fields of its body, as examples show them. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Declares a refusal. `docs/errors.md` describes it under its code. */
export function refusal(status: number, code: ErrorCode, message: string, more?: Refusal['more']): Refusal {
  return { status, code, message, ...(more && { more }) };
}

/** One problem of a request, and where it is: `['body', 'name']`. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The nearest name or value that would be valid: `did you mean filters.startTime?` */
  readonly hint?: string | undefined;
  /** The part of the text that the problem is in, as offsets `[start, end)` in UTF-16 code units. */
  readonly at?: { readonly start: number; readonly end: number };
  /** What could stand there instead. */
  readonly expected?: readonly string[];
  /** A stable code in the reply's `details`, only for problems that a client can handle by itself. */
  readonly code?: string;
  /** The code of the whole reply where this problem is its first one. Default: `invalid_field`. Not part of the body. */
  readonly errorCode?: ErrorCode;
}

export interface ErrorExtras {
  /** The values of the `<…>` in the refusal's sentence. */
  readonly words?: Readonly<Record<string, string>>;
  readonly details?: readonly Problem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further fields of the reply's body, such as `apiKeyId`. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** An error reply: `{ error, message }` and optional `details`, with the code for the header `X-Error-Code`. */
export class ApiError extends HttpException {
  readonly code: ErrorCode;
  readonly headers: Readonly<Record<string, string>>;

  constructor(refused: Refusal, { words, details, headers, body }: ErrorExtras = {}) {
    const message = sentenceOf(refused, words);
    super({ ...errorBody(refused.status, message, details), ...body }, refused.status);
    this.message = message;
    this.code = refused.code;
    this.headers = headers ?? {};
  }
}

/** The body of every error reply. */
export function errorBody(status: number, message: string, details?: readonly Problem[]) {
  return { error: TITLES[status] ?? 'Error', message, ...(details && { details: details.map(toDetail) }) };
}

function toDetail({ path, message, hint, at, expected, code }: Problem): Problem {
  return {
    ...{ path, message },
    ...(hint !== undefined && { hint }),
    ...(at && { at }),
    ...(expected && { expected }),
    ...(code !== undefined && { code }),
  };
}

/** A 400 for one or several problems. The reply takes its sentence and code from the first one. `details` is omitted if the sentence is enough. */
export class ValidationError extends ApiError {
  constructor(readonly problems: readonly [Problem, ...Problem[]]) {
    const [{ path, message, hint, at, errorCode = 'invalid_field' }] = problems;
    const sentenceSuffices = problems.length === 1 && path.length <= 2 && hint === undefined && at === undefined;
    super(refusal(400, errorCode, message), sentenceSuffices ? {} : { details: problems });
  }
}

/** The problem that a refusal describes, at a place of the request. */
export function problemOf(refused: Refusal, path: Problem['path'], words?: ErrorExtras['words']): Problem {
  return { path, message: sentenceOf(refused, words), errorCode: refused.code };
}

/** Maximum length of a name from the client in an error. */
export const LONGEST_SHOWN_NAME = 256;

/** Truncates a name that a client sent, for use in an error. */
export function shortName(name: string): string {
  return name.length <= LONGEST_SHOWN_NAME ? name : `${name.slice(0, LONGEST_SHOWN_NAME)}…`;
}

/** A refusal's sentence, with its `<…>` filled in. */
export function sentenceOf({ message }: Refusal, words: ErrorExtras['words'] = {}): string {
  return message.replace(/<(\w+)>/g, (hole, name: string) => words[name] ?? hole);
}

export const INTERNAL = refusal(500, 'internal_error', 'Something went wrong on the server');
export const DATABASE_UNAVAILABLE = refusal(
  503,
  'database_unavailable',
  'The database cannot be used right now. Please try again',
);
export const DATABASE_LOCKED = refusal(
  503,
  'database_locked',
  'Another program has locked the database. Please try again',
);
export const DATABASE_FILE_GONE = refusal(
  503,
  'database_file_gone',
  'The database file was deleted, moved or replaced. The operator must restart the server',
);
export const DATABASE_OTHER_VERSION = refusal(
  503,
  'database_version_mismatch',
  'Another version of the server has changed the database. The operator must update this server',
);
export const DATABASE_DAMAGED = refusal(
  500,
  'database_damaged',
  'The database is damaged. The operator must restore it from a backup',
);
export const DISK_FULL = refusal(
  507,
  'disk_full',
  "The database's disk is full. Delete data, or ask the operator to make room",
);
export const OUTCOME_UNKNOWN = refusal(
  503,
  'outcome_unknown',
  'The connection to the database was lost during the commit, so the request may have been carried out. Check before you send it again',
);
export const TOO_MANY_CONNECTIONS = refusal(
  503,
  'too_many_connections',
  'The server has too many open connections. Please try again in a few seconds',
);
export const TOO_MANY_CONNECTIONS_OF_ADDRESS = refusal(
  503,
  'too_many_connections_from_address',
  'Your address has too many open connections. Close some, or reuse them',
);
export const ROUTE_NOT_FOUND = refusal(404, 'route_not_found', 'Route not found: <method> <path>');
export const METHOD_NOT_ALLOWED = refusal(
  405,
  'method_not_allowed',
  'Method <method> is not allowed here. Allowed: <allowed>',
);
export const BODY_NOT_JSON = refusal(400, 'body_not_json', 'Request body is not valid JSON');
export const BODY_NOT_OBJECT = refusal(400, 'body_not_object', 'Request body must be a JSON object');
export const BODY_NOT_CSV = refusal(400, 'body_not_csv', 'Request body is not valid CSV');
export const CSV_HEADER_WRONG = refusal(
  400,
  'csv_header_invalid',
  'The first line of the CSV must name the columns <columns>',
);
export const CSV_COLUMN_UNKNOWN = refusal(400, 'csv_column_unknown', 'Unknown CSV column: <name>');
export const CSV_COLUMN_REPEATED = refusal(
  400,
  'csv_column_repeated',
  'The CSV names the column <name> more than once',
);
export const BODY_NOT_UTF8 = refusal(400, 'body_not_utf8', 'Request body is not valid UTF-8');
export const TOO_MANY_LONG_INTEGERS = refusal(
  400,
  'integer_not_exact',
  'Request body has more than 1000 integers beyond 2^53 that would be rounded; send them as strings',
);
export const BODY_TOO_DEEP = refusal(
  400,
  'body_too_deep',
  'Request body is nested too deeply. At most <limit> levels are allowed',
);
export const BODY_HAS_TOO_MANY_VALUES = refusal(
  400,
  'body_too_many_values',
  'Request body has too many values. At most <limit> are allowed, and at most <part> outside of a list or in one item',
);
export const BODY_CUT_SHORT = refusal(400, 'body_incomplete', 'Request body ended before it was complete');
export const BODY_NOT_GZIP = refusal(400, 'body_not_gzip', 'Request body is not valid gzip');
export const BODY_TOO_LARGE = refusal(413, 'body_too_large', 'Request body must be <limit> bytes or less');
export const BODIES_BUSY = refusal(
  503,
  'too_many_large_bodies',
  'Too many large request bodies are being read right now. Please try again',
);
export const CONTENT_TYPE_NOT_JSON = refusal(415, 'unsupported_content_type', 'Content-Type must be application/json');
export const CONTENT_TYPE_NOT_JSON_OR_CSV = refusal(
  415,
  'unsupported_content_type',
  'Content-Type must be application/json or text/csv',
);
export const CHARSET_NOT_UTF8 = refusal(415, 'unsupported_charset', 'The charset of the request body must be utf-8');
export const CONTENT_ENCODING_UNKNOWN = refusal(
  415,
  'unsupported_content_encoding',
  'Content-Encoding must be gzip or identity',
);
export const UNKNOWN_PROPERTY = refusal(400, 'unknown_property', 'Unknown property: <name>');
/** Larger query strings take milliseconds to parse. No route takes nearly as many parameters. */
export const MAX_QUERY_PARAMETERS = 100;
export const TOO_MANY_QUERY_PARAMETERS = refusal(
  400,
  'too_many_query_parameters',
  `The query string has more than ${MAX_QUERY_PARAMETERS} parameters`,
);
export const UNKNOWN_QUERY_PARAMETER = refusal(400, 'unknown_query_parameter', 'Unknown query parameter: <name>');
export const AFTER_UNKNOWN = refusal(
  400,
  'after_not_found',
  'after must be the _id of an entry of this list, or of one that was deleted from it',
);
export const AFTER_AND_OFFSET = refusal(400, 'conflicting_fields', 'Send either after or offset');
export const PATH_NOT_DECODABLE = refusal(400, 'path_not_decodable', 'Request path is not validly encoded');
export const HOST_MISSING = refusal(400, 'invalid_host_header', 'Host header is required');
export const REQUEST_MALFORMED = refusal(400, 'malformed_request', 'Request is not valid HTTP');
export const REQUEST_TIMEOUT = refusal(408, 'request_timeout', 'Request did not arrive completely in time');
export const HEADERS_TOO_LARGE = refusal(431, 'headers_too_large', 'Request headers are too large');
export const EXPECTATION_FAILED = refusal(417, 'expectation_failed', 'Only Expect: 100-continue is understood');
export const HOST_REPEATED = refusal(400, 'invalid_host_header', 'Host header must be given once');
