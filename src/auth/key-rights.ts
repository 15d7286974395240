import { Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { KEY_TYPES } from './key-type';
import { refusalFor, type RightsHolder } from './right';
import { rightsOf, type RouteRight } from './route-rights';

/** What keys may call, by the decorators of the routes of this application. */
@Injectable()
export class KeyRights {
  private routes: readonly RouteRight[] | undefined;
  /** The rights as JSON. Few properties of a key matter, so there are at most 48 entries. */
  private readonly known: string[] = [];

  constructor(private readonly modules: ModulesContainer) {}

  /** The names of the operations in the OpenAPI document that a key may call, such as `createBucket`. */
  of(key: RightsHolder): string[] {
    this.routes ??= rightsOf(controllersOf(this.modules));
    return this.routes.flatMap(({ operation, right }) => (refusalFor(key, right) ? [] : [operation]));
  }

  /** The same names as JSON. They are written once, because every key may ask for them often. */
  jsonOf(key: RightsHolder): string {
    return (this.known[kindOf(key)] ??= JSON.stringify(this.of(key)));
  }
}

/** A number for all keys with the same rights: 4 bits and the type. */
function kindOf({ type, writeOnly, dataSourceId, selfRotation, sessionId }: RightsHolder): number {
  return (
    KEY_TYPES.indexOf(type) * 16 +
    (writeOnly ? 8 : 0) +
    (dataSourceId === null ? 0 : 4) +
    (selfRotation === false ? 2 : 0) +
    (sessionId ? 1 : 0)
  );
}

function controllersOf(modules: ModulesContainer): Type[] {
  const declared = [...modules.values()].flatMap(({ controllers }) => [...controllers.values()]);
  return [...new Set(declared.map(({ metatype }) => metatype as Type))];
}
