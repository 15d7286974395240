import type { Express, NextFunction, Request, Response } from 'express';
import { ApiError, METHOD_NOT_ALLOWED, ROUTE_NOT_FOUND } from '../errors';

/** Answers requests without a route: 405 with `Allow` if the path has other methods, else 404. OPTIONS gets the allowed methods. */
export function answerUnmatched(app: Express, request: Request, response: Response, next: NextFunction): void {
  const allowed = allowedMethods(app, request.path);
  const { method } = request;
  if (allowed === '') {
    next(new ApiError(ROUTE_NOT_FOUND, { words: { method, path: request.path } }));
    return;
  }
  if (method === 'OPTIONS') {
    response.writeHead(204, { Allow: allowed }).end();
    return;
  }
  next(new ApiError(METHOD_NOT_ALLOWED, { words: { method, allowed }, headers: { Allow: allowed } }));
}

interface Layer {
  readonly route?: { readonly methods: Readonly<Record<string, boolean>> };
  match(path: string): unknown;
}

function allowedMethods(app: Express, path: string): string {
  const layers = app.router.stack as unknown as readonly Layer[];
  const methods = layers
    .filter((layer) => layer.route && layer.match(path))
    .flatMap((layer) => Object.keys(layer.route?.methods ?? {}))
    .map((method) => method.toUpperCase());
  if (methods.includes('GET')) methods.push('HEAD');
  return [...new Set(methods)].sort().join(', ');
}
