import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { canonicalJson } from '../common/canonical-json';
import { problemOf, ValidationError, type ApiError } from '../common/errors';
import { markKnowsRetries } from '../common/http/late-requests';
import type { LeanRequest } from '../common/http/lean-messages';
import { mayRefuse } from '../common/openapi/openapi';
import { alreadyProcessed, IDEMPOTENCY_KEY_INVALID, KEY_REUSED, type MadeKind } from './idempotency.errors';

const VISIBLE_ASCII = /^[!-~]{1,255}$/;

/** A request that may be a repetition of one that was done before, as its `Idempotency-Key` says. */
export interface Retry {
  /** The header's value. */
  readonly key: string;
  /** What was called, with the ids in its path. */
  readonly route: string;
  /** What was asked for: the body, checked, and what of the query string changes the work. */
  readonly wanted: unknown;
  /** What the route makes. */
  readonly of: MadeKind;
  /** Whether the route makes a list of things, even where it has one entry. */
  readonly many: boolean;
  /** What is wrong with the request, unless it was done before: its `expiresAt` has passed. */
  readonly late?: ApiError | undefined;
}

/** What a route makes, and whether it makes a list of them, even where that has one entry. */
export interface RetryOptions {
  readonly of: MadeKind;
  readonly many: boolean;
  /** The query parameters that change what is done. */
  readonly query?: readonly string[];
}

const currentRetry = createParamDecorator(
  ({ of, many, query = [] }: RetryOptions, context: ExecutionContext): Retry | undefined => {
    const request = context.switchToHttp().getRequest<LeanRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return undefined;
    if (typeof key !== 'string' || !VISIBLE_ASCII.test(key))
      throw request.late ?? new ValidationError([problemOf(IDEMPOTENCY_KEY_INVALID, ['header', 'idempotency-key'])]);
    return { key, route: routeOf(request), wanted: wantedOf(request, query), of, many, late: request.late };
  },
);

/**
 * Gives a handler the `Retry` of its request, or nothing without an `Idempotency-Key`, and tells of that header and its
 * refusals in the API's description. A route that makes a list says `@CurrentRetry({ many: true })`, one that does not
 * make keys says what it makes: `@CurrentRetry({ of: 'dataSource' })`.
 *
 * @throws ValidationError for a header that is no key, or is there twice: Node joins the lines with a blank
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

function wantedOf(request: LeanRequest, names: readonly string[]): unknown {
  const body = request.body as unknown;
  const query = request.query as Readonly<Record<string, unknown>>;
  const given = names.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]] as const]));
  return given.length === 0 ? body : { body, query: Object.fromEntries(given) };
}

/** `self` is another key for each caller. */
function routeOf({ method, route, params, caller }: LeanRequest): string {
  const { path } = route as { path: string };
  const self = path.split('/').includes('self') ? (caller as { id: string }).id : null;
  return canonicalJson([method, path, params, self]);
}

/** No `example`: Swagger UI would fill it in, and so send the same one with every request. */
function describe(prototype: object, name: string | symbol | undefined, options: RetryOptions): void {
  const descriptor = name === undefined ? undefined : Object.getOwnPropertyDescriptor(prototype, name);
  if (name === undefined || !descriptor) return;
  markKnowsRetries(descriptor.value as object);
  mayRefuse(alreadyProcessed(options), KEY_REUSED, IDEMPOTENCY_KEY_INVALID)(prototype, name, descriptor);
  ApiHeader({
    name: 'Idempotency-Key',
    description:
      'A text of your own for this one request, so that it can be sent again when its answer was lost: within 24 hours ' +
      'nothing is made twice, and the 409 names what was made. For example: fleet-2024-01-15-sensor-001',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  })(prototype, name, descriptor);
}
