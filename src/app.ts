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

/** Response headers that pages of other origins can read. */
const EXPOSED_HEADERS = [
  'X-Request-Id',
  'X-Error-Code',
  'Link',
  'Retry-After',
  'WWW-Authenticate',
  'RateLimit',
  'RateLimit-Policy',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'Content-Disposition',
  'X-Has-More',
  'X-Next-Cursor',
  'X-Downsampling-Applied',
  'X-Overflow',
];

/**
 * Creates the application, for the server, its tests and its benchmarks alike.
 *
 * @throws ConfigError, or the error for which the database cannot be opened
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

/** Sets up what is outside Nest's modules. Applications that Nest's testing module has created call it too. */
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
