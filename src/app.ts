import 'reflect-metadata';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module';
import type { Config } from './common/config/config';
import { LeanExpressAdapter } from './common/http/lean-express.adapter';
import { logRequests } from './common/http/request-log';
import { ServerLogger } from './common/logger';
import { serveDocs } from './common/openapi/openapi-document';

/** What a page of another origin may read of an answer. */
const EXPOSED_HEADERS = [
  'X-Request-Id',
  'Retry-After',
  'WWW-Authenticate',
  'RateLimit',
  'RateLimit-Policy',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Has-More',
  'X-Next-Cursor',
  'X-Downsampling-Applied',
  'X-Overflow',
];

/**
 * Makes the application. The server, its tests and its benchmarks have no other way.
 *
 * @throws ConfigError, or whatever keeps the database from opening
 */
export async function createApp(
  config: Config,
  logger: LoggerService = new ServerLogger(config.logLevel),
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.forRoot(config),
    new LeanExpressAdapter(config),
    {
      logger,
      bodyParser: false,
      abortOnError: false,
    },
  );
  configureApp(app, config);
  return app;
}

/** What an application needs beside its modules. For one that Nest's testing module has made. */
export function configureApp(app: NestExpressApplication, config: Config): void {
  if (config.logLevel === 'debug') app.use(logRequests);
  if (config.corsOrigins.length > 0) {
    app.enableCors({
      origin: [...config.corsOrigins],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: 600,
    });
  }
  if (config.docs) serveDocs(app);
}
