import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import helmet from 'helmet';

const DESCRIPTION = `Time-series buckets, and the API keys that guard them.

Press **Authorize** and paste an Admin key (\`dakkio_a_…\`, printed at the server's first start). Then create a bucket, and
in it Write keys (\`dakkio_w_…\`) for devices and Read keys (\`dakkio_r_…\`) for dashboards.

Every error reply has the shape \`{ "error": …, "message": … }\`, with \`details\` where there is more to tell.`;

/** The OpenAPI document of an application, made from its controllers. `docs/openapi.json` is held to it by a test. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Dakkio API')
    .setDescription(DESCRIPTION)
    .setVersion('1.0')
    .setContact('Dakkio', 'https://dakkio.io', 'support@dakkio.io')
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .addServer('/', 'This server')
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An Admin, Write or Read key' },
      'apiKey',
    )
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: 'The same key as `Authorization: Bearer <key>`' },
      'bearer',
    )
    .addTag('Buckets', 'Containers of time series')
    .addTag('API keys', 'The Write and Read keys of a bucket')
    .addTag('Organization keys', 'Admin keys, and what a key may ask about itself')
    .addTag('Health', 'For supervisors and load balancers');
  return SwaggerModule.createDocument(app, builder.build());
}

/** Serves Swagger UI at `/docs`, and the document at `/docs-json` and `/docs-yaml`. Call it before the application starts. */
export function serveDocs(app: INestApplication): void {
  // Over plain HTTP, which is how the server speaks, browsers must not be told to fetch the page's parts over HTTPS.
  const contentSecurityPolicy = { directives: { 'upgrade-insecure-requests': null } };
  app.use('/docs', helmet({ contentSecurityPolicy, strictTransportSecurity: false }));
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'Dakkio API',
    swaggerOptions: { persistAuthorization: false, displayRequestDuration: true, tryItOutEnabled: true },
  });
}
