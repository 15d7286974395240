import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  getSchemaPath,
  ApiExtraModels,
} from '@nestjs/swagger';
import {
  BODY_NOT_JSON,
  BODY_NOT_OBJECT,
  BODY_TOO_LARGE,
  CONTENT_TYPE_NOT_JSON,
  errorBody,
  INTERNAL,
  refusal,
  TITLES,
  UNKNOWN_PROPERTY,
  UNKNOWN_QUERY_PARAMETER,
  type Refusal,
} from './errors';
import { fieldsOf } from './fields';
import { inputsOf } from './http/handler-inputs';

const REFUSALS = 'dakkio:refusals';

/** Where a problem stands, and what it is. */
export class ErrorDetail {
  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
    example: ['body', 'name'],
  })
  readonly path: (string | number)[];

  @ApiProperty({ type: String, example: 'Key name is required' })
  readonly message: string;
}

/** The body of every error reply. */
export class ErrorReply {
  @ApiProperty({ type: String, description: 'The kind of error, one for each status', example: 'Validation Error' })
  readonly error: string;

  @ApiProperty({ type: String, description: 'What is wrong, and what would be right', example: 'Key name is required' })
  readonly message: string;

  @ApiPropertyOptional({
    type: [ErrorDetail],
    description: 'Each problem, where there is more to tell than the sentence does',
  })
  readonly details?: ErrorDetail[];

  @ApiPropertyOptional({
    type: String,
    description: 'Given with a 5xx: the request to ask the operator about',
    example: 'b3c1f0de-5a0e-4c55-9d4e-6f1f3f1f7f4e',
  })
  readonly requestId?: string;
}

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

export interface OperationDocs {
  /** The operation's name for generated clients: `createApiKey`. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly status: 200 | 201;
  readonly answer: Type;
  readonly answerDescription?: string;
  /** What it refuses besides the key and the fields: those are known already. */
  readonly refusals?: readonly Refusal[];
}

/**
 * Describes an operation in the OpenAPI document: its answer, and every refusal with its real sentence, gathered from the
 * decorators below it and the classes it takes. It must stand above the method's other decorators.
 */
export function Documented({
  id,
  summary,
  description,
  status,
  answer,
  answerDescription,
  refusals = [],
}: OperationDocs): MethodDecorator {
  return (prototype, name, descriptor) => {
    const handler = descriptor.value as object;
    const all = [
      ...refusalsOf(handler),
      ...inputRefusals(prototype.constructor as Type, String(name)),
      ...refusals,
      INTERNAL,
    ];
    applyDecorators(
      ApiOperation({ operationId: id, summary, description: description ?? summary }),
      ApiResponse({ status, type: answer, description: answerDescription ?? summary }),
      ApiExtraModels(ErrorReply),
      ...[...new Set(all.map((one) => one.status))].sort().map((code) =>
        errorResponse(
          code,
          all.filter((one) => one.status === code),
        ),
      ),
    )(prototype, name, descriptor);
  };
}

function inputRefusals(controller: Type, name: string): Refusal[] {
  const { path, query, body } = inputsOf(controller, { name });
  const sentences = [path, body, query]
    .flatMap((dto) => (dto ? fieldsOf(dto) : []))
    .flatMap((field) => field.sentences);
  const refusals = sentences.map((sentence) => refusal(400, sentence));
  if (body) refusals.push(BODY_NOT_JSON, BODY_NOT_OBJECT, UNKNOWN_PROPERTY, BODY_TOO_LARGE, CONTENT_TYPE_NOT_JSON);
  if (query) refusals.push(UNKNOWN_QUERY_PARAMETER);
  return refusals;
}

function errorResponse(status: number, refusals: readonly Refusal[]): MethodDecorator {
  const examples = Object.fromEntries(
    refusals.map(({ message }) => {
      const body = errorBody(status, message);
      const value = status >= 500 ? { ...body, requestId: 'b3c1f0de-5a0e-4c55-9d4e-6f1f3f1f7f4e' } : body;
      return [nameOf(message), { summary: message, value }];
    }),
  );
  return ApiResponse({
    status,
    description: TITLES[status] ?? 'Error',
    content: { 'application/json': { schema: { $ref: getSchemaPath(ErrorReply) }, examples } },
  });
}

function nameOf(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
