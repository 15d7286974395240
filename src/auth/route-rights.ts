import 'reflect-metadata';
import { RequestMethod, type DynamicModule, type Type } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { operationIdOf } from '../common/openapi/openapi';
import { accessRuleOf, type AccessRule } from './require-key-type.decorator';
import type { Right } from './right';

/** The right to call a route. */
export interface RouteRight {
  /** The operation's id in the OpenAPI document: `createBucket`. */
  readonly operation: string;
  /** Method and path as the controller declares them: `GET /api/buckets/:bucketId`. */
  readonly route: string;
  readonly right: Right;
}

/** A route and its access rule, which is undefined where the decorator is missing. */
export interface RouteRule extends Omit<RouteRight, 'right'> {
  readonly rule: AccessRule | undefined;
}

type ModuleLike = Type | DynamicModule;

/** The right to every route that takes a key, as the decorators of the controllers of a module and its imports declare it. */
export function routeRights(root: ModuleLike): RouteRight[] {
  return rightsAmong(routeRules(root));
}

/** Every route of the controllers of a module and its imports. */
export function routeRules(root: ModuleLike): RouteRule[] {
  return [...new Set(controllersOf(root, new Set()))].flatMap(rulesOf);
}

/** The rights to the routes of these controllers that take a key. */
export function rightsOf(controllers: readonly Type[]): RouteRight[] {
  return rightsAmong(controllers.flatMap(rulesOf));
}

function rightsAmong(rules: readonly RouteRule[]): RouteRight[] {
  return rules.flatMap(({ rule, ...route }) =>
    rule === undefined || rule === 'public' ? [] : [{ ...route, right: rule }],
  );
}

function controllersOf(module: ModuleLike, visited: Set<ModuleLike>): Type[] {
  if (visited.has(module)) return [];
  visited.add(module);
  const type = 'module' in module ? module.module : module;
  const dynamic = 'module' in module ? module : undefined;
  const imports = [
    ...declared<ModuleLike>(MODULE_METADATA.IMPORTS, type),
    ...((dynamic?.imports ?? []) as ModuleLike[]),
  ];
  return [
    ...imports.flatMap((one) => controllersOf(one, visited)),
    ...declared<Type>(MODULE_METADATA.CONTROLLERS, type),
    ...(dynamic?.controllers ?? []),
  ];
}

function declared<T>(key: string, type: Type): T[] {
  return (Reflect.getMetadata(key, type) ?? []) as T[];
}

function rulesOf(controller: Type): RouteRule[] {
  const prefix = Reflect.getMetadata(PATH_METADATA, controller) as string;
  return Object.values(Object.getOwnPropertyDescriptors(controller.prototype as object)).flatMap(({ value }) => {
    const handler = value as object;
    const method =
      typeof handler === 'function' && (Reflect.getMetadata(METHOD_METADATA, handler) as number | undefined);
    if (typeof method !== 'number') return [];
    const path = [prefix, Reflect.getMetadata(PATH_METADATA, handler) as string]
      .filter((part) => part !== '/')
      .join('/');
    const route = `${String(RequestMethod[method])} /${path}`;
    return [{ operation: operationIdOf(handler) ?? route, route, rule: accessRuleOf(handler) }];
  });
}
