import * as errors from '../errors';
import { retryAfterMillis } from './retry';

const CLASSES: Readonly<Record<number, typeof errors.ApiError>> = {
  400: errors.ValidationError,
  401: errors.AuthenticationError,
  403: errors.PermissionError,
  404: errors.NotFoundError,
  409: errors.ConflictError,
  429: errors.RateLimitError,
};

/** The error that a response with an error status means. */
export function errorOf({ status, headers }: Response, text: string): errors.ApiError {
  const body = bodyOf(text);
  const { message, details } = body ?? {};
  const Class = CLASSES[status] ?? (status >= 500 ? errors.ServerError : errors.ApiError);
  return new Class(typeof message === 'string' ? message : `The server answered with status ${status}`, {
    status,
    code: headers.get('X-Error-Code') ?? undefined,
    details: Array.isArray(details) ? (details as errors.ErrorDetail[]) : [],
    requestId: headers.get('X-Request-Id') ?? undefined,
    retryAfterMillis: retryAfterMillis(headers.get('Retry-After'), headers.get('Date')),
    body,
  });
}

/** The object in a body. That of a proxy is often HTML. */
function bodyOf(text: string): Record<string, unknown> | undefined {
  try {
    const body = JSON.parse(text) as unknown;
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
