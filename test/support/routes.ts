import type { NestExpressApplication } from '@nestjs/platform-express';

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** Every route of the application but the docs pages and the files of the console, as `GET /api/buckets`. */
export function routesOf(app: NestExpressApplication): string[] {
  const express = app.getHttpAdapter().getInstance();
  const layers = express.router.stack as unknown as readonly Layer[];
  const routes = layers.flatMap(({ route }) =>
    route ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`) : [],
  );
  // A route with middleware of its own is in the stack twice.
  return [...new Set(routes)].filter((route) => !/ \/(docs|console)/.test(route));
}
