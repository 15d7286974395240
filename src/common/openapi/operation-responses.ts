import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ApiError, TITLES, type Refusal } from '../errors';
import { EXAMPLE_WORDS } from './example-words';
import { EXAMPLE_REQUEST_ID, HEADERS, ErrorReply } from './openapi-replies';

type HeaderName = keyof typeof HEADERS;

const RATE_HEADERS = [
  'RateLimit',
  'RateLimit-Policy',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
] as const satisfies readonly HeaderName[];
const NOT_CACHED = ['Cache-Control'] as const satisfies readonly HeaderName[];
/** Additional headers of error responses, by status. */
const MORE_HEADERS: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After', ...RATE_HEADERS],
};

/** The form of the errors of routes whose clients expect another one. */
export interface ErrorForm {
  readonly reply: Type;
  readonly bodyOf: (status: number, message: string) => object;
}

/** The part of an operation's documentation that describes its reply. */
export interface SuccessDocs {
  readonly status: 200 | 201 | 204;
  readonly answer?: Type;
  /** The example answers by media type, if the answer is not JSON. */
  readonly content?: Readonly<Record<string, string>>;
  readonly answerDescription?: string;
  /** The example answer, if the examples of its fields do not fit. */
  readonly example?: object;
  /** The example answer as CSV, if the operation supports CSV. */
  readonly answerCsv?: string;
}

/** The reply of an operation that succeeds. */
export function successResponse(docs: SuccessDocs, isKeyed: boolean): MethodDecorator {
  const { status, answer = Object, answerDescription, example, answerCsv, content: texts } = docs;
  const description = answerDescription ?? (status === 201 ? 'Created' : 'OK');
  const headers = headersNamed('X-Request-Id', ...(texts ? [] : NOT_CACHED), ...(isKeyed ? RATE_HEADERS : []));
  if (status === 204) return ApiResponse({ status, description, headers });
  if (texts) return ApiResponse({ status, description, headers, content: textContent(texts) });
  if (answerCsv === undefined) return ApiResponse({ status, type: answer, example, description, headers });
  const content = {
    'application/json': { schema: { $ref: getSchemaPath(answer) }, ...(example && { example: example as unknown }) },
    'text/csv': { schema: { type: 'string' }, example: answerCsv },
  };
  return applyDecorators(ApiExtraModels(answer), ApiResponse({ status, description, headers, content }));
}

function textContent(texts: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(texts).map(([type, example]) => [type, { schema: { type: 'string' as const }, example }]),
  );
}

/** The replies of an operation with one error status. */
export function errorResponse(
  status: number,
  refusals: readonly Refusal[],
  { several, form }: { readonly several: ErrorReply | undefined; readonly form: ErrorForm | undefined },
): MethodDecorator {
  const examples = refusals.map((one) => {
    const body = new ApiError(one, { words: EXAMPLE_WORDS }).getResponse() as ErrorReply;
    const more = { ...one.more, ...(status >= 500 && { requestId: EXAMPLE_REQUEST_ID }) };
    return { summary: body.message, value: form?.bodyOf(status, body.message) ?? { ...body, ...more } };
  });
  if (several) examples.push({ summary: 'Several problems at once', value: several });
  const codes = [...new Set(refusals.map(({ code }) => `\`${code}\``))].sort();
  const named = Object.fromEntries(examples.map((example) => [nameOf(example.summary), example]));
  return ApiResponse({
    status,
    description: `${TITLES[status] ?? 'Error'}. \`X-Error-Code\`: ${codes.join(', ')}`,
    headers: headersNamed('X-Request-Id', 'X-Error-Code', 'Link', ...(MORE_HEADERS[status] ?? [])),
    content: { 'application/json': { schema: { $ref: getSchemaPath(form?.reply ?? ErrorReply) }, examples: named } },
  });
}

function headersNamed(...names: readonly HeaderName[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The name of an example with this summary. */
export function nameOf(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
