import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum';
import { bodyLimitOf } from '../http/bulk-body';
import { csvFormOf, type CsvForm } from '../http/csv-body';
import { knowsRetries } from '../http/late-requests';
import { isOptional } from './optional-body';

/** The classes that a handler declares for its inputs. An input that it does not take is undefined. */
export interface HandlerInputs {
  readonly path?: Type;
  readonly query?: Type;
  readonly body?: Type;
  /** How to read the body from CSV, if the handler accepts CSV. */
  readonly csv?: CsvForm | undefined;
  /** Whether the body is optional. */
  readonly bodyOptional?: boolean;
  /** The maximum body size in bytes, if it is lower than the server's limit. */
  readonly bodyLimitBytes?: number | undefined;
  /** Whether the handler detects retries of a request. */
  readonly knowsRetries?: boolean;
}

const PLACES = { path: RouteParamtypes.PARAM, query: RouteParamtypes.QUERY, body: RouteParamtypes.BODY } as const;

/**
 * Reads a handler's `@Param()`, `@Query()` and `@Body()` parameters.
 *
 * @throws Error for a parameter that names a single property (`@Param('id')`) or has no class: it would not be validated
 */
export function inputsOf(controller: Type, handler: { readonly name: string }): HandlerInputs {
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) ?? {}) as Record<
    string,
    { index: number; data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, handler.name) ??
    []) as Type[];

  const inputs: { path?: Type; query?: Type; body?: Type } = {};
  for (const [place, code] of Object.entries(PLACES) as [keyof typeof PLACES, number][]) {
    const found = Object.entries(declared).find(([key]) => key.startsWith(`${code}:`))?.[1];
    if (!found) continue;
    const type = types[found.index];
    if (found.data !== undefined || !type || [Object, String, Number].includes(type as never)) {
      throw new Error(
        `${controller.name}.${handler.name} must take its ${place} whole, as a class whose fields are checked`,
      );
    }
    inputs[place] = type;
  }
  const { body } = inputs;
  if (!body) return inputs;
  const forms = { csv: csvFormOf(body), bodyOptional: isOptional(body), bodyLimitBytes: bodyLimitOf(body) };
  return { ...inputs, ...forms, knowsRetries: knowsRetries(handler) };
}
