import { Logger } from '@nestjs/common';
import type { NextFunction } from 'express';
import type { LeanRequest, LeanResponse } from './lean-messages';

const logger = new Logger('Requests');

/** Logs each request after its response. Only for `DAKKIO_LOG_LEVEL=debug`, because a log line costs more than the request. */
export function logRequests(request: LeanRequest, response: LeanResponse, next: NextFunction): void {
  const began = performance.now();
  response.once('close', () => {
    const { method, originalUrl, requestId } = request;
    const millis = Math.round(performance.now() - began);
    logger.debug({ method, url: originalUrl, status: response.statusCode, millis, requestId, address: request.ip });
  });
  next();
}
