import { Catch, HttpException, Logger, Optional, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { databaseFailureOf, type DatabaseFailure } from './database-failure';
import {
  ApiError,
  DATABASE_DAMAGED,
  DATABASE_FILE_GONE,
  DATABASE_LOCKED,
  DATABASE_OTHER_VERSION,
  DATABASE_UNAVAILABLE,
  DISK_FULL,
  INTERNAL,
  PATH_NOT_DECODABLE,
  refusal,
  TITLES,
} from './errors';
import type { LeanRequest, LeanResponse } from './http/lean-messages';
import { CallerGone } from './http/yield';
import { OutageLog } from './outage-log';
import { redactKeys } from './redact';

/** The error reply for each database failure. Temporary failures carry `Retry-After`. */
const DATABASE_REFUSALS: Readonly<Record<DatabaseFailure, ApiError>> = {
  full: new ApiError(DISK_FULL, { headers: { 'Retry-After': '60' } }),
  damaged: new ApiError(DATABASE_DAMAGED),
  gone: new ApiError(DATABASE_FILE_GONE),
  outdated: new ApiError(DATABASE_OTHER_VERSION, { headers: { 'Retry-After': '60' } }),
  busy: new ApiError(DATABASE_LOCKED, { headers: { 'Retry-After': '2' } }),
  unavailable: new ApiError(DATABASE_UNAVAILABLE, { headers: { 'Retry-After': '2' } }),
};

/**
 * Turns every exception into an error reply. Anything but an `ApiError` is a bug or a database failure: it is logged, and the
 * reply has no details.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  constructor(
    private readonly host: HttpAdapterHost,
    @Optional() private readonly outages: OutageLog = new OutageLog(),
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<LeanResponse>();
    const request = host.switchToHttp().getRequest<LeanRequest>();
    if (thrown instanceof CallerGone) {
      response.destroy();
      return;
    }
    // During a database outage every request may fail: `OutageLog` counts them instead of logging each one.
    const isOutage = this.outages.request(`${request.method} ${request.path}`, thrown);
    if (response.headersSent) {
      if (!isOutage)
        this.logger.error(`${request.method} ${request.path} failed while its answer was being sent`, stackOf(thrown));
      response.destroy();
      return;
    }
    const error = toApiError(thrown);
    const status = error.getStatus();
    // A refusal with `Retry-After` is not a failure. Many of them must not flood the log.
    const isOwn = error === thrown && error.headers['Retry-After'] !== undefined;
    if (status >= 500 && !isOwn && !isOutage)
      this.logger.error(`${request.method} ${request.path} failed, request ${request.requestId}`, stackOf(thrown));
    for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
    response.setErrorCode(error.code);
    this.send(response, error);
  }

  /** Sends the body of an error. Routes whose clients expect another one have a filter of their own. */
  protected send(response: LeanResponse, error: ApiError): void {
    const status = error.getStatus();
    const body = error.getResponse() as object;
    this.reply(response, status, status >= 500 ? { ...body, requestId: response.req.requestId } : body);
  }

  protected reply(response: LeanResponse, status: number, body: object): void {
    this.host.httpAdapter.reply(response, withoutKeys(body), status);
  }
}

/** A message may repeat what the client sent, which may be an API key in the wrong place. */
function withoutKeys(body: object): object {
  const text = JSON.stringify(body);
  const redacted = redactKeys(text);
  return redacted === text ? body : (JSON.parse(redacted) as object);
}

function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const { status, expose } = (thrown ?? {}) as { status?: number; expose?: boolean };
  // Nest turns the router's URIError into a plain BadRequestException.
  if (thrown instanceof HttpException && thrown.getStatus() === 400) return new ApiError(PATH_NOT_DECODABLE);
  if (expose && status !== undefined && status >= 400 && status < 500) {
    return new ApiError(refusal(status, 'request_refused', TITLES[status] ?? 'Request refused'));
  }
  const failure = databaseFailureOf(thrown);
  return failure ? DATABASE_REFUSALS[failure] : new ApiError(INTERNAL);
}

function stackOf(thrown: unknown): string {
  return (thrown as Error | undefined)?.stack ?? String(thrown);
}
