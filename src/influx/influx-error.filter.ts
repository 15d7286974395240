import { Catch } from '@nestjs/common';
import type { ApiError } from '../common/errors';
import { ErrorFilter } from '../common/error.filter';
import type { LeanResponse } from '../common/http/lean-messages';
import { printable } from '../common/printable';
import { BUCKET_ARCHIVED } from '../buckets/buckets.errors';
import { bodyOf } from './influx-replies';

/** Telegraf keeps and retries what is answered with 403, and drops it at 409. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = { [BUCKET_ARCHIVED.code]: 403 };
/** Some clients wait for any `Retry-After`, however long; others give up. */
const LONGEST_RETRY_SECONDS = 600;
const LONGEST_HEADER = 1000;

/** Sends errors in the form that the clients of each InfluxDB version read. */
@Catch()
export class InfluxErrorFilter extends ErrorFilter {
  protected override send(response: LeanResponse, error: ApiError): void {
    const status = STATUS_BY_CODE[error.code] ?? error.getStatus();
    const retryAfter = Number(error.headers['Retry-After'] ?? 0);
    if (retryAfter > LONGEST_RETRY_SECONDS) response.setHeader('Retry-After', String(LONGEST_RETRY_SECONDS));
    response.setHeader('X-Influxdb-Error', headerOf(error.message));
    this.reply(response, status, bodyOf(response.req.path, status, error.message));
  }
}

/** One line of ASCII. */
export function headerOf(message: string): string {
  return printable(message)
    .slice(0, LONGEST_HEADER)
    .replace(/[^\x20-\x7e]/g, '?');
}
