import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import {
  ApiError,
  BODY_NOT_JSON,
  BODY_NOT_OBJECT,
  BODY_TOO_LARGE,
  CONTENT_TYPE_NOT_JSON,
  DATABASE_UNAVAILABLE,
  INTERNAL,
  refusal,
  TITLES,
  UNKNOWN_PROPERTY,
  UNKNOWN_QUERY_PARAMETER,
  ValidationError,
  type Problem,
  type Refusal,
} from '../errors';
import { fieldsOf } from '../fields';
import { inputsOf, type HandlerInputs } from '../http/handler-inputs';
import { ErrorReply, EXAMPLE_REQUEST_ID, HEADERS } from './openapi-replies';

const REFUSALS = 'dakkio:refusals';
const REQUEST_EXAMPLES = 'dakkio:request-examples';
/** What stands in the holes of a sentence where the document shows it. */
const EXAMPLE_WORDS = { name: 'admin', limit: '4194304' };

/** Notes that a handler may answer with these, for the API's description. */
export function mayRefuse(...refusals: Refusal[]): MethodDecorator {
  return (_prototype, _name, descriptor) => {
    const handler = descriptor.value as object;
    Reflect.defineMetadata(REFUSALS, [...refusals, ...refusalsOf(handler)], handler);
  };
}

function refusalsOf(handler: object): Refusal[] {
  return (Reflect.getMetadata(REFUSALS, handler) ?? []) as Refusal[];
}

/**
 * Gives a body class the examples that the document shows, the first of which Swagger UI fills in. Without it, one is put
 * together from the examples of the fields.
 */
export function RequestExamples(examples: Readonly<Record<string, object>>): ClassDecorator {
  return (dto) => Reflect.defineMetadata(REQUEST_EXAMPLES, examples, dto);
}

export interface OperationDocs {
  /** The operation's name for generated clients: `createApiKey`. */
  readonly id: string;
  readonly summary: string;
  /** What the summary and the key that is needed do not say. */
  readonly description?: string;
  readonly status: 200 | 201;
  readonly answer: Type;
  readonly answerDescription?: string;
  /** The answer as the document shows it, where the examples of its fields would show another one. */
  readonly example?: object;
  /** What it refuses besides the key and the fields: those are known already. */
  readonly refusals?: readonly Refusal[];
}

/**
 * Describes an operation in the OpenAPI document: who may call it, its answer, and its refusals with their real sentences,
 * gathered from the decorators below it and the classes it takes. It must stand above the method's other decorators.
 * What any request may meet (`docs/errors.md`) is left out where it would be the same everywhere.
 */
export function Documented(docs: OperationDocs): MethodDecorator {
  const { id, summary, description, status, answer, answerDescription, example, refusals = [] } = docs;
  return (prototype, name, descriptor) => {
    const ofKey = refusalsOf(descriptor.value as object);
    const inputs = inputsOf(prototype.constructor as Type, { name: String(name) });
    const all = [...ofKey, ...inputRefusals(inputs), ...refusals, INTERNAL];
    if (ofKey.length > 0) all.push(DATABASE_UNAVAILABLE);
    applyDecorators(
      ApiOperation({
        operationId: id,
        summary,
        description: [description, whoMayCall(ofKey)].filter(Boolean).join('\n\n'),
      }),
      ApiResponse({
        status,
        type: answer,
        example,
        description: answerDescription ?? (status === 201 ? 'Created' : 'OK'),
        headers: headersNamed('X-Request-Id', 'Cache-Control'),
      }),
      ApiExtraModels(ErrorReply),
      ...requestExamples(inputs.body),
      ...[...new Set(all.map((one) => one.status))].sort().map((code) =>
        errorResponse(
          code,
          all.filter((one) => one.status === code),
          code === 400 ? severalProblems(inputs.body) : undefined,
        ),
      ),
    )(prototype, name, descriptor);
  };
}

function whoMayCall(refusals: readonly Refusal[]): string {
  if (refusals.length === 0) return 'No key is needed.';
  const forbidden = refusals.find(({ status }) => status === 403);
  return forbidden ? `${forbidden.message}.` : 'Any valid key will do.';
}

function inputRefusals({ path, query, body }: HandlerInputs): Refusal[] {
  const sentences = [body, query, path]
    .flatMap((dto) => (dto ? fieldsOf(dto) : []))
    .flatMap((field) => field.sentences);
  const refusals = sentences.map((sentence) => refusal(400, sentence));
  if (body) refusals.push(BODY_NOT_JSON, BODY_NOT_OBJECT, UNKNOWN_PROPERTY, BODY_TOO_LARGE, CONTENT_TYPE_NOT_JSON);
  if (query) refusals.push(UNKNOWN_QUERY_PARAMETER);
  return refusals;
}

/** What a body with two wrong fields is answered with, where it has as many. */
function severalProblems(body: Type | undefined): ErrorReply | undefined {
  const problems = (body ? fieldsOf(body) : [])
    .slice(0, 2)
    .map(({ field, sentences }): Problem => ({ path: ['body', field], message: sentences[0] ?? '' }));
  const [first, second] = problems;
  return first && second ? (new ValidationError([first, second]).getResponse() as ErrorReply) : undefined;
}

function requestExamples(body: Type | undefined): MethodDecorator[] {
  const named = body && (Reflect.getMetadata(REQUEST_EXAMPLES, body) as Record<string, object> | undefined);
  if (!named) return [];
  const examples = Object.fromEntries(
    Object.entries(named).map(([summary, value]) => [nameOf(summary), { summary, value }]),
  );
  const schema = { $ref: getSchemaPath(body) };
  return [ApiExtraModels(body), ApiBody({ required: true, schema, examples })];
}

function errorResponse(status: number, refusals: readonly Refusal[], several?: ErrorReply): MethodDecorator {
  const examples = refusals.map((said) => {
    const body = new ApiError(said, { words: EXAMPLE_WORDS }).getResponse() as ErrorReply;
    return { summary: body.message, value: status >= 500 ? { ...body, requestId: EXAMPLE_REQUEST_ID } : body };
  });
  if (several) examples.push({ summary: 'Several problems at once', value: several });
  const named = Object.fromEntries(examples.map((example) => [nameOf(example.summary), example]));
  return ApiResponse({
    status,
    description: TITLES[status] ?? 'Error',
    headers: headersNamed('X-Request-Id', ...(status === 401 ? (['WWW-Authenticate'] as const) : [])),
    content: { 'application/json': { schema: { $ref: getSchemaPath(ErrorReply) }, examples: named } },
  });
}

function headersNamed(...names: readonly (keyof typeof HEADERS)[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function nameOf(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
