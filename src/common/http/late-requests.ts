import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import type { Problem } from '../errors';
import { EXPIRY_PAST } from '../validation/fields';

const KNOWS_RETRIES = 'dakkio:knows-retries';

/** Notes of a handler that it tells a retry, by its `Idempotency-Key`, from a new request. */
export function markKnowsRetries(handler: object): void {
  Reflect.defineMetadata(KNOWS_RETRIES, true, handler);
}

/** Whether a handler tells retries from new requests. */
export function knowsRetries(handler: object): boolean {
  return Reflect.hasMetadata(KNOWS_RETRIES, handler);
}

/**
 * Whether all that is wrong with a request is that time has passed, and it may be the retry of one that came in time. Only
 * who looks the first one up can say what the answer is.
 */
export function mayHaveComeInTime({ headers }: IncomingMessage, problems: readonly Problem[]): boolean {
  return headers['idempotency-key'] !== undefined && problems.every(({ message }) => message === EXPIRY_PAST);
}
