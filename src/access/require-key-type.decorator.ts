import 'reflect-metadata';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Refusal } from '../common/errors';
import { mayRefuse } from '../common/openapi/openapi';
import { RATE_LIMITED } from '../limits/limits.errors';
import { ADDRESS_NOT_ALLOWED, UNAUTHORIZED } from './access.errors';
import { KEY_TYPES, type KeyType } from './key-type';

const RULE = 'dakkio:access-rule';

/** Whose key may call a route, and what the others are told. */
export interface KeyRule {
  readonly types: readonly KeyType[];
  readonly otherwise: Refusal | undefined;
}

/** Who may call a route: everybody, or the holders of a key of one of these types. */
export type AccessRule = 'public' | KeyRule;

/**
 * Lets in keys of this type alone, and says so in the API's description.
 *
 * @example
 * ```ts
 * @RequireKeyType('admin', { otherwise: refusal(403, 'Only Admin keys can create buckets') })
 * ```
 */
export function RequireKeyType(
  types: KeyType | readonly KeyType[],
  { otherwise }: { otherwise: Refusal },
): MethodDecorator {
  const allowed = typeof types === 'string' ? [types] : types;
  return keyRule({ types: allowed, otherwise });
}

/** Lets in any valid key. */
export function RequireAnyKey(): MethodDecorator {
  return keyRule({ types: KEY_TYPES, otherwise: undefined });
}

/** Lets in everybody, with a key or without. */
export function Public(): MethodDecorator {
  return SetMetadata(RULE, 'public' satisfies AccessRule);
}

/** A handler's rule, or nothing where its author forgot it. */
export function accessRuleOf(handler: object): AccessRule | undefined {
  return Reflect.getMetadata(RULE, handler) as AccessRule | undefined;
}

function keyRule(rule: KeyRule): MethodDecorator {
  const refusals = [UNAUTHORIZED, RATE_LIMITED, ...(rule.otherwise ? [rule.otherwise] : []), ADDRESS_NOT_ALLOWED];
  return applyDecorators(SetMetadata(RULE, rule), ApiSecurity('apiKey'), ApiSecurity('bearer'), mayRefuse(...refusals));
}
