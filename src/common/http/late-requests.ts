import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import type { Problem } from '../errors';
import { EXPIRY_PAST } from '../validation/fields';

const KNOWS_RETRIES = 'dakkio:knows-retries';

/** Marks a handler that detects retries by their `Idempotency-Key`. */
export function markKnowsRetries(handler: object): void {
  Reflect.defineMetadata(KNOWS_RETRIES, true, handler);
}

/** Whether a handler detects retries. */
export function knowsRetries(handler: object): boolean {
  return Reflect.hasMetadata(KNOWS_RETRIES, handler);
}

/**
 * Whether an expiry in the past is the only problem of a request that may be the retry of an earlier, valid one. Only the
 * handler can look up the first request.
 */
export function mayHaveArrivedInTime({ headers }: IncomingMessage, problems: readonly Problem[]): boolean {
  return headers['idempotency-key'] !== undefined && problems.every(({ message }) => message === EXPIRY_PAST);
}
