import { Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { refusalFor, type RightsHolder } from './right';
import { rightsOf, type RouteRight } from './route-rights';

/** What keys may call, by the decorators of the routes of this application. */
@Injectable()
export class KeyRights {
  private routes: readonly RouteRight[] | undefined;
  /** The rights as JSON. Few properties of a key matter, so there are at most 48 entries. */
  private readonly known = new Map<string, string>();

  constructor(private readonly modules: ModulesContainer) {}

  /** The names of the operations in the OpenAPI document that a key may call, such as `createBucket`. */
  of(key: RightsHolder): string[] {
    this.routes ??= rightsOf(controllersOf(this.modules));
    return this.routes.flatMap(({ operation, right }) => (refusalFor(key, right) ? [] : [operation]));
  }

  /** The same names as JSON. They are written once, because every key may ask for them often. */
  jsonOf(key: RightsHolder): string {
    const { type, writeOnly, dataSourceId, selfRotation, sessionId } = key;
    const kind = `${type} ${writeOnly} ${dataSourceId === null} ${selfRotation} ${sessionId === null}`;
    let json = this.known.get(kind);
    if (json === undefined) this.known.set(kind, (json = JSON.stringify(this.of(key))));
    return json;
  }
}

function controllersOf(modules: ModulesContainer): Type[] {
  const declared = [...modules.values()].flatMap(({ controllers }) => [...controllers.values()]);
  return [...new Set(declared.map(({ metatype }) => metatype as Type))];
}
