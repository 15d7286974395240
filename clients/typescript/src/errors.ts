import type { Schema } from './api/types';

/** One problem of a request, as the server's `details` list it. */
export type ErrorDetail = Schema<'ErrorDetail'>;

/** Every error of this package. */
export class DakkioError extends Error {
  override readonly name: string = 'DakkioError';
}

/** No response came: the server cannot be reached, the connection broke, or a proxy or portal answered in its place. */
export class ConnectionError extends DakkioError {
  override readonly name = 'ConnectionError';
}

/** A response, or the next part of it, did not come in time. */
export class TimeoutError extends DakkioError {
  override readonly name = 'TimeoutError';
}

/** What is known of a refused request. */
export interface ApiErrorFacts {
  readonly status: number;
  /** The stable code in `X-Error-Code`. The server's `/docs/errors#<code>` explains it. */
  readonly code?: string | undefined;
  readonly details?: readonly ErrorDetail[] | undefined;
  readonly requestId?: string | undefined;
  /** How long the server asks to wait before the next request. */
  readonly retryAfterMillis?: number | undefined;
  /** The whole body, which has further fields for some errors, such as `apiKeyId` of a 409. */
  readonly body?: unknown;
}

/** The server refused a request, or failed. The message is the server's own sentence. */
export class ApiError extends DakkioError implements ApiErrorFacts {
  override readonly name: string = 'ApiError';
  readonly status: number;
  readonly code: string | undefined;
  readonly details: readonly ErrorDetail[];
  readonly requestId: string | undefined;
  readonly retryAfterMillis: number | undefined;
  readonly body: unknown;

  constructor(message: string, { status, code, details = [], requestId, retryAfterMillis, body }: ApiErrorFacts) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
    this.requestId = requestId;
    this.retryAfterMillis = retryAfterMillis;
    this.body = body;
  }
}

/** 400: something in the request is wrong. `details` say what. */
export class ValidationError extends ApiError {
  override readonly name = 'ValidationError';
}

/** 401: the key is missing, malformed, deleted, disabled or expired. */
export class AuthenticationError extends ApiError {
  override readonly name = 'AuthenticationError';
}

/** 403: the key may not do this. */
export class PermissionError extends ApiError {
  override readonly name = 'PermissionError';
}

/** 404: there is no such thing, or the key may not know of it. */
export class NotFoundError extends ApiError {
  override readonly name = 'NotFoundError';
}

/** 409: the request conflicts with what is stored. */
export class ConflictError extends ApiError {
  override readonly name = 'ConflictError';
}

/** 429: too many requests. `retryAfterMillis` says how long to wait. */
export class RateLimitError extends ApiError {
  override readonly name = 'RateLimitError';
}

/** 5xx: the server, or a proxy before it, cannot answer now. */
export class ServerError extends ApiError {
  override readonly name = 'ServerError';
}

/** A queue has no room for a point. */
export class QueueFullError extends DakkioError {
  override readonly name = 'QueueFullError';
}

/** The writer was closed. */
export class WriterClosedError extends DakkioError {
  override readonly name = 'WriterClosedError';
}

/** The server refused points of a writer that has no `onRejected`, or the writer gave them up. */
export class PointsLostError extends DakkioError {
  override readonly name = 'PointsLostError';

  constructor(
    /** How many points were lost since the last `flush()`. */
    readonly count: number,
    options: { cause: unknown },
  ) {
    super(`${count} points were not stored: ${sentenceOf(options.cause)}`, options);
  }
}

/** The server ended a stream for good, for the reason that it names. */
export class StreamClosedError extends DakkioError {
  override readonly name = 'StreamClosedError';

  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

function sentenceOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
