import 'reflect-metadata';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Refusal } from '../common/errors';
import { describeCallers, mayRefuse } from '../common/openapi/openapi';
import { RATE_LIMITED } from './rate-limits/limits.errors';
import { ADDRESS_NOT_ALLOWED, UNAUTHORIZED } from './access.errors';
import { KEY_TYPES, type KeyType } from './key-type';
import { restrictionsOf, wordsOf, type Right } from './right';
import { RIGHTS, type Action, type ActionFor } from './rights';

const RULE = 'dakkio:access-rule';

/** Who may call a route: everybody, or the keys that have this right. */
export type AccessRule = 'public' | Right;

/**
 * Lets in keys of this type alone, as `RIGHTS` says of the action, and says so in the API's description. With a sentence
 * of its own in the place of an action it is for routes that are not in `RIGHTS`: write-only and bound keys are refused.
 *
 * @example
 * ```ts
 * @RequireKeyType('admin', 'createBucket')
 * ```
 */
export function RequireKeyType<Type extends KeyType>(
  types: Type | readonly Type[],
  action: ActionFor<Type> | { readonly otherwise: Refusal },
): MethodDecorator {
  if (typeof action !== 'object') return requireRight(RIGHTS[action as Action]);
  const allowed = typeof types === 'string' ? [types] : types;
  return requireRight({ types: allowed, ...action, writeOnly: false, bound: 'none' });
}

/** Lets in any valid key that has the right to the action; without one, any but write-only and bound keys. */
export function RequireAnyKey(action?: ActionFor<KeyType>): MethodDecorator {
  const unnamed: Right = { types: KEY_TYPES, otherwise: undefined, writeOnly: false, bound: 'none' };
  return requireRight(action === undefined ? unnamed : RIGHTS[action]);
}

/** Lets in everybody, with a key or without. */
export function Public(): MethodDecorator {
  return SetMetadata(RULE, 'public' satisfies AccessRule);
}

/** A handler's rule, or nothing where its author forgot it. */
export function accessRuleOf(handler: object): AccessRule | undefined {
  return Reflect.getMetadata(RULE, handler) as AccessRule | undefined;
}

function requireRight(right: Right): MethodDecorator {
  const ofType = right.otherwise ? [right.otherwise] : [];
  const refusals = [UNAUTHORIZED, RATE_LIMITED, ...ofType, ADDRESS_NOT_ALLOWED, ...restrictionsOf(right)];
  return applyDecorators(
    SetMetadata(RULE, right),
    ApiSecurity('apiKey'),
    ApiSecurity('bearer'),
    describeCallers(wordsOf(right)),
    mayRefuse(...refusals),
  );
}
