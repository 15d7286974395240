import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { canonicalJson } from '../common/canonical-json';
import { problemOf, ValidationError, type ApiError } from '../common/errors';
import { markKnowsRetries } from '../common/http/late-requests';
import type { LeanRequest } from '../common/http/lean-messages';
import { mayRefuse } from '../common/openapi/openapi';
import { alreadyProcessed, IDEMPOTENCY_KEY_INVALID, KEY_REUSED, type MadeKind } from './idempotency.errors';

const VISIBLE_ASCII = /^[!-~]{1,255}$/;

/** A request with an `Idempotency-Key`, which may repeat an earlier one. */
export interface Retry {
  /** The value of the header. */
  readonly key: string;
  /** The route, with the ids in its path. */
  readonly route: string;
  /** The content of the request: the validated body, and the query parameters that change the result. */
  readonly content: unknown;
  /** What the route creates. */
  readonly of: MadeKind;
  /** Whether the route creates a list, even if it has one entry. */
  readonly many: boolean;
  /** The error for a request whose `expiresAt` has passed, unless it was already processed. */
  readonly late?: ApiError | undefined;
}

/** What a route creates. */
export interface RetryOptions {
  readonly of: MadeKind;
  readonly many: boolean;
  /** The query parameters that change the result. */
  readonly query?: readonly string[];
}

const currentRetry = createParamDecorator(
  ({ of, many, query = [] }: RetryOptions, context: ExecutionContext): Retry | undefined => {
    const request = context.switchToHttp().getRequest<LeanRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return undefined;
    if (typeof key !== 'string' || !VISIBLE_ASCII.test(key))
      throw request.late ?? new ValidationError([problemOf(IDEMPOTENCY_KEY_INVALID, ['header', 'idempotency-key'])]);
    return { key, route: routeOf(request), content: contentOf(request, query), of, many, late: request.late };
  },
);

/**
 * Passes the `Retry` of a request to its handler, or undefined without an `Idempotency-Key`, and documents the header and its
 * refusals in OpenAPI. Use `@CurrentRetry({ many: true })` for a route that creates a list, and
 * `@CurrentRetry({ of: 'dataSource' })` for a route that creates something other than API keys.
 *
 * @throws ValidationError for an invalid header, or one that was sent twice: Node joins the values with a space
 */
export function CurrentRetry({
  of = 'apiKey',
  many = false,
  query = [],
}: Partial<RetryOptions> = {}): ParameterDecorator {
  return (prototype, name, index) => {
    currentRetry({ of, many, query })(prototype, name, index);
    describe(prototype, name, { of, many });
  };
}

function contentOf(request: LeanRequest, names: readonly string[]): unknown {
  const body = request.body as unknown;
  const query = request.query as Readonly<Record<string, unknown>>;
  const given = names.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]] as const]));
  return given.length === 0 ? body : { body, query: Object.fromEntries(given) };
}

/** For each caller, `self` is another key. */
function routeOf({ method, route, params, caller }: LeanRequest): string {
  const { path } = route as { path: string };
  const self = path.split('/').includes('self') ? (caller as { id: string }).id : null;
  return canonicalJson([method, path, params, self]);
}

/** Without `example`, because Swagger UI would send the same one with every request. */
function describe(prototype: object, name: string | symbol | undefined, options: RetryOptions): void {
  const descriptor = name === undefined ? undefined : Object.getOwnPropertyDescriptor(prototype, name);
  if (name === undefined || !descriptor) return;
  markKnowsRetries(descriptor.value as object);
  mayRefuse(alreadyProcessed(options), KEY_REUSED, IDEMPOTENCY_KEY_INVALID)(prototype, name, descriptor);
  ApiHeader({
    name: 'Idempotency-Key',
    description:
      'A unique text for this request, so that you can send it again if the reply was lost. Within 24 hours nothing is created ' +
      'twice, and the 409 contains the ids of what was created. For example: fleet-2024-01-15-sensor-001',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  })(prototype, name, descriptor);
}
