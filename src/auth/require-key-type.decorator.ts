import 'reflect-metadata';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { describeCallers, mayRefuse } from '../common/openapi/openapi';
import { ADDRESS_NOT_ALLOWED, UNAUTHORIZED } from './access.errors';
import { RATE_LIMITED } from './rate-limits/rate-limits.errors';
import {
  anyKeyRight,
  describeRight,
  restrictionsOf,
  rightOf,
  type RequiredTypes,
  type Right,
  type RightOptions,
} from './right';

const RULE = 'dakkio:access-rule';

/** Who may call a route: everyone, or the keys that have this right. */
export type AccessRule = 'public' | Right;

/**
 * Requires an Admin key, or an Admin or Write key. Other keys get a 403 whose sentence ends with the action. Write-only
 * keys and keys that are bound to a data source are refused unless the options allow them.
 *
 * @example
 * ```ts
 * @RequireKeyType('admin', 'create buckets') // 403 "Only Admin keys can create buckets"
 * @RequireKeyType('admin') // 403 "Only Admin keys can use this route"
 * @RequireKeyType(['admin', 'write'], 'modify data', { bound: 'source' }) // 403 "Read keys cannot modify data"
 * ```
 */
export function RequireKeyType(types: RequiredTypes, action?: string, options?: RightOptions): MethodDecorator {
  return requireRight(rightOf(types, action, options));
}

/** Requires a valid key of any type. The options are those of `RequireKeyType`. */
export function RequireAnyKey(options?: RightOptions): MethodDecorator {
  return requireRight(anyKeyRight(options));
}

/** Opens a route to everyone, with or without a key. */
export function Public(): MethodDecorator {
  return SetMetadata(RULE, 'public' satisfies AccessRule);
}

/** The access rule of a handler; undefined for a handler without one, which the guard never lets anyone call. */
export function accessRuleOf(handler: object): AccessRule | undefined {
  return Reflect.getMetadata(RULE, handler) as AccessRule | undefined;
}

function requireRight(right: Right): MethodDecorator {
  const ofOtherKeys = [right.otherwise, right.onlyForSessions].filter((refused) => refused !== undefined);
  const refusals = [UNAUTHORIZED, RATE_LIMITED, ...ofOtherKeys, ADDRESS_NOT_ALLOWED, ...restrictionsOf(right)];
  return applyDecorators(
    SetMetadata(RULE, right),
    ApiSecurity('apiKey'),
    ApiSecurity('bearer'),
    describeCallers(describeRight(right)),
    mayRefuse(...refusals),
  );
}
