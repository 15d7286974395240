import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtension, ApiExtraModels, ApiOperation, getSchemaPath } from '@nestjs/swagger';
import { stringify } from 'csv-stringify/sync';
import {
  BODY_NOT_CSV,
  BODY_NOT_JSON,
  BODY_NOT_OBJECT,
  BODY_TOO_LARGE,
  CONTENT_TYPE_NOT_JSON,
  CONTENT_TYPE_NOT_JSON_OR_CSV,
  CSV_COLUMN_REPEATED,
  CSV_COLUMN_UNKNOWN,
  CSV_HEADER_WRONG,
  DATABASE_DAMAGED,
  DATABASE_UNAVAILABLE,
  DISK_FULL,
  INTERNAL,
  refusal,
  UNKNOWN_PROPERTY,
  UNKNOWN_QUERY_PARAMETER,
  ValidationError,
  type Problem,
  type Refusal,
} from '../errors';
import { fieldsOf, sentencesOf } from '../validation/field-plans';
import type { CsvForm } from '../http/csv-body';
import { inputsOf, type HandlerInputs } from '../validation/handler-inputs';
import { ignoresUnknown } from '../validation/ignores-unknown';
import { ErrorReply } from './openapi-replies';
import { errorResponse, nameOf, successResponse, type ErrorForm, type SuccessDocs } from './operation-responses';

const REFUSALS = 'dakkio:refusals';
const OPERATION_ID = 'dakkio:operation-id';
const CALLERS = 'dakkio:callers';
const REQUEST_EXAMPLES = 'dakkio:request-examples';
/** The extension that holds an operation's CSV example until the document is complete. */
export const CSV_EXAMPLE = 'x-csv-example';

/** Records errors that a handler may return, for the OpenAPI document. */
export function mayRefuse(...refusals: Refusal[]): MethodDecorator {
  return (_prototype, _name, descriptor) => {
    const handler = descriptor.value as object;
    Reflect.defineMetadata(REFUSALS, [...refusals, ...refusalsOf(handler)], handler);
  };
}

/** Documents who may call a handler. Without it, the handler's 403 sentence is used, or no key is needed. */
export function describeCallers(words: string): MethodDecorator {
  return (_prototype, _name, descriptor) =>
    Reflect.defineMetadata(CALLERS, words, descriptor.value as unknown as object);
}

/** The id that `@Documented` gives a handler's operation. */
export function operationIdOf(handler: object): string | undefined {
  return Reflect.getMetadata(OPERATION_ID, handler) as string | undefined;
}

function refusalsOf(handler: object): Refusal[] {
  return (Reflect.getMetadata(REFUSALS, handler) ?? []) as Refusal[];
}

/**
 * Sets the examples of a body class. Swagger UI fills in the first one. Without it, the example is built from the examples of the
 * fields.
 */
export function RequestExamples(examples: Readonly<Record<string, object>>): ClassDecorator {
  return (dto) => Reflect.defineMetadata(REQUEST_EXAMPLES, examples, dto);
}

export interface OperationDocs extends SuccessDocs {
  /** The operation's name for generated clients: `createApiKey`. */
  readonly id: string;
  readonly summary: string;
  /** Details besides the summary and the required key. */
  readonly description?: string;
  /** The body as text, as an example of it. */
  readonly textBody?: string;
  /** Its media type. Default: `text/plain`. */
  readonly textType?: string;
  /** The form of its errors, if it is not the common one. */
  readonly errorForm?: ErrorForm;
  /** Errors besides those of the key and of the fields, which are added automatically. */
  readonly refusals?: readonly Refusal[];
}

/**
 * Documents an operation: who may call it, its answer, and its errors with their sentences, collected from the decorators below it
 * and its input classes. It must be the first decorator of the method. Errors that are common to all operations (`docs/errors.md`)
 * are left out.
 */
export function Documented(docs: OperationDocs): MethodDecorator {
  const { id, summary, description, refusals = [], errorForm, textBody, textType = 'text/plain' } = docs;
  return (prototype, name, descriptor) => {
    Reflect.defineMetadata(OPERATION_ID, id, descriptor.value as object);
    const ofKey = refusalsOf(descriptor.value as object);
    const inputs = inputsOf(prototype.constructor as Type, { name: String(name) });
    const all = [...ofKey, ...inputRefusals(inputs), ...refusals, INTERNAL];
    const isKeyed = ofKey.length > 0;
    if (isKeyed) all.push(DATABASE_UNAVAILABLE, DATABASE_DAMAGED);
    if (docs.status === 201 || (docs.status === 204 && isKeyed)) all.push(DISK_FULL);
    applyDecorators(
      ApiOperation({
        operationId: id,
        summary,
        description: [description, whoMayCall(descriptor.value as object, ofKey)].filter(Boolean).join('\n\n'),
      }),
      successResponse(docs, isKeyed),
      ApiExtraModels(errorForm?.reply ?? ErrorReply),
      ...(textBody === undefined ? [] : [textRequest(textBody, textType)]),
      ...requestExamples(inputs),
      ...[...new Set(all.map((one) => one.status))].sort().map((code) =>
        errorResponse(
          code,
          all.filter((one) => one.status === code),
          { several: code === 400 ? severalProblems(inputs.body) : undefined, form: errorForm },
        ),
      ),
    )(prototype, name, descriptor);
  };
}

function whoMayCall(handler: object, refusals: readonly Refusal[]): string {
  const words = Reflect.getMetadata(CALLERS, handler) as string | undefined;
  if (words !== undefined) return words;
  const forbidden = refusals.find(({ status, message }) => status === 403 && message.startsWith('Only '));
  return forbidden ? `${forbidden.message}.` : 'No key is needed.';
}

function inputRefusals({ path, query, body, csv }: HandlerInputs): Refusal[] {
  const sentences = [body, query, path].flatMap((dto) => (dto ? sentencesOf(dto) : []));
  const refusals = sentences.map((sentence) => refusal(400, 'invalid_field', sentence));
  if (body) refusals.push(BODY_NOT_JSON, BODY_NOT_OBJECT, UNKNOWN_PROPERTY, BODY_TOO_LARGE);
  if (csv) {
    const message = CSV_HEADER_WRONG.message.replace('<columns>', csv.columns.join(','));
    refusals.push(BODY_NOT_CSV, { ...CSV_HEADER_WRONG, message }, CSV_COLUMN_UNKNOWN, CSV_COLUMN_REPEATED);
  }
  if (body) refusals.push(csv ? CONTENT_TYPE_NOT_JSON_OR_CSV : CONTENT_TYPE_NOT_JSON);
  if (query && !ignoresUnknown(query)) refusals.push(UNKNOWN_QUERY_PARAMETER);
  return refusals;
}

/** The example error for a body with two invalid fields. */
function severalProblems(body: Type | undefined): ErrorReply | undefined {
  const [first, second] = body ? problemsWithin(body, ['body']) : [];
  return first && second ? (new ValidationError([first, second]).getResponse() as ErrorReply) : undefined;
}

function problemsWithin(dto: Type, path: Problem['path']): Problem[] {
  return fieldsOf(dto).flatMap(({ field, sentences, nested }) => {
    if (nested) return problemsWithin(nested.dto, [...path, field, ...(nested.list ? [0] : [])]);
    return [{ path: [...path, field], message: sentences[0] ?? '' }];
  });
}

function requestExamples({ body, csv, bodyOptional = false }: HandlerInputs): MethodDecorator[] {
  const named = body && (Reflect.getMetadata(REQUEST_EXAMPLES, body) as Record<string, object> | undefined);
  if (!named) return body && bodyOptional ? [ApiBody({ type: body, required: false })] : [];
  const examples = Object.fromEntries(
    Object.entries(named).map(([summary, value]) => [nameOf(summary), { summary, value }]),
  );
  const schema = { $ref: getSchemaPath(body) };
  const decorators = [ApiExtraModels(body), ApiBody({ required: !bodyOptional, schema, examples })];
  return csv ? [...decorators, ApiExtension(CSV_EXAMPLE, asCsv(csv, Object.values(named)[0] ?? {}))] : decorators;
}

function asCsv({ columns, field }: CsvForm, body: object): string {
  const items = body[field as never] as readonly (object | string)[];
  const rows = items.map((item) => (typeof item === 'string' ? [item] : item));
  return stringify(rows, { header: true, columns: [...columns] });
}

function textRequest(example: string, type: string): MethodDecorator {
  return applyDecorators(ApiConsumes(type), ApiBody({ required: true, schema: { type: 'string', example } }));
}
