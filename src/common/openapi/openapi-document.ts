import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NextFunction, Request, Response } from 'express';
import getAbsoluteFSPath from 'swagger-ui-dist/absolute-path.js';
import { pageSecurity } from '../http/page-security';
import { BUNDLE_FOLDER, VERSION } from '../installation';
import { ERRORS_PAGE_PATH } from '../error-codes';
import { CSV_EXAMPLE } from './openapi';
import { errorsPage } from './errors-page';
import { keepDocuments } from './kept-documents';
import { HEADERS } from './openapi-replies';
import { documentOfPage } from './page-document';
import { onPageReady } from './page-script';

const DESCRIPTION = `Time-series data in buckets, and the API keys that protect it.

1. Press **Authorize** and paste an Admin key (\`dakkio_a_…\`, printed at the server's first start) as X-API-Key.
   This page remembers it until you close the tab.
2. Create a bucket.
3. Create Write keys (\`dakkio_w_…\`) for devices and Read keys (\`dakkio_r_…\`) for dashboards in it.

Every error reply has the shape \`{ "error": …, "message": … }\`, with \`details\` where there is more than one problem,
or a place to name. Besides what each operation lists, any request may get 404 for an unknown route, 405 for a method that the
route does not support, 408, 417 and 431. The [page of errors](docs/errors) explains each message: why it is sent, and what to do.`;

/** Hides parts of Swagger UI without information: an empty bar, selections with one option, and the schema repeated below every error. */
const STYLE = `
.swagger-ui .topbar, .swagger-ui .servers-title, .swagger-ui .servers, .swagger-ui .response-col_links,
.swagger-ui .response-control-media-type:has(option:only-child), .swagger-ui .response-control-examples:has(option:only-child),
.swagger-ui .content-type-wrapper:has(option:only-child), .swagger-ui .response:not([data-code^="2"]) .model-example > .tab,
.swagger-ui .response:not([data-code^="2"], [data-code="401"]) .headers-wrapper { display: none }
.swagger-ui .info { margin: 30px 0 }
.swagger-ui .scheme-container { padding: 15px 0 }
.swagger-ui .opblock-body textarea.body-param__text { min-height: 130px }`;

/** The OpenAPI document of an application, made from its controllers. A test compares `docs/openapi.json` with it. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Dakkio API')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .addServer('.', 'This server')
    .addSecurity('apiKey', {
      type: 'apiKey',
      in: 'header',
      name: 'X-API-Key',
      description: 'An Admin, Write or Read key',
    })
    .addSecurity('bearer', {
      type: 'http',
      scheme: 'bearer',
      description: 'The same key as `Authorization: Bearer <key>`. One of the two is enough',
    })
    .addTag('Buckets', 'Containers of time series')
    .addTag('Data sources', 'What sends points: sensors, machines, programs')
    .addTag('Data', 'Points in, answers out')
    .addTag('InfluxDB', 'Line protocol, for what writes to InfluxDB')
    .addTag('Alerts', 'Rules in plain English, and the webhooks that they notify')
    .addTag('Analytics', 'Counts and averages for dashboards')
    .addTag('API keys', 'The Write and Read keys of a bucket')
    .addTag('Own key', 'What any key may ask about itself, and do to itself')
    .addTag('Sessions', 'Short-lived keys in place of a key, for browsers')
    .addTag('Organization keys', 'Admin keys')
    .addTag('Audit', 'Who did what, when and from where')
    .addTag('Server', 'Name and version')
    .addTag('Health', 'For supervisors and load balancers');
  const base = builder.build();
  const info = { ...base.info, contact: { name: 'Dakkio' } };
  const document = SwaggerModule.createDocument(app, { ...base, info }, { autoTagControllers: false });
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path) as Operation[])) {
    const { requestBody, parameters = [] } = operation;
    leaveParametersEmpty(parameters);
    if (!requestBody || !('content' in requestBody)) continue;
    closeSchema(document, requestBody.content['application/json']?.schema);
    moveCsvExample(operation as Operation & Extensions, requestBody.content);
  }
  return { ...document, components: { ...document.components, headers: HEADERS } };
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameters = NonNullable<Operation['parameters']>;
type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Schemas[string];
type Content = Extract<Operation['requestBody'], { content: unknown }>['content'];
interface Extensions {
  [CSV_EXAMPLE]?: string;
}

/**
 * Removes examples of parameters, because Swagger UI fills them in: a list filtered by an example would be empty for no visible
 * reason, and the id of an example does not exist.
 */
function leaveParametersEmpty(parameters: Parameters): void {
  for (const one of parameters) {
    if (!('in' in one) || !one.schema || !('example' in one.schema)) continue;
    if (one.in === 'path' || (one.in === 'query' && !one.required)) delete one.schema.example;
  }
}

/** Documents that body classes reject unknown properties. */
function closeSchema(document: OpenAPIObject, schema: Schema | undefined): void {
  if (!schema) return;
  if ('$ref' in schema) {
    const named = document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
    if (!named) return;
    Object.assign(named, { additionalProperties: false });
    closeSchema(document, named);
    return;
  }
  const { properties = {}, items, allOf = [] } = schema;
  for (const inner of [...Object.values(properties), items, ...allOf]) closeSchema(document, inner);
}

/** Adds the CSV type of a body: swagger's decorators support only one schema for all types of a body. */
function moveCsvExample(operation: Extensions, content: Content): void {
  const { [CSV_EXAMPLE]: example } = operation;
  if (example === undefined) return;
  delete operation[CSV_EXAMPLE];
  content['text/csv'] = { schema: { type: 'string' }, example };
}

/** A file that the build has written from the same controllers, where the bundle runs. */
function builtFile(name: string): string | undefined {
  if (BUNDLE_FOLDER === undefined) return undefined;
  const path = join(BUNDLE_FOLDER, name);
  return existsSync(path) ? path : undefined;
}

function builtDocument(): OpenAPIObject | undefined {
  const path = builtFile('openapi.json');
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as OpenAPIObject);
}

const PAGE_SCRIPT = 'swagger-ui-init.js';
const PAGE_SCRIPTS = [`/docs/${PAGE_SCRIPT}`, `/docs/docs/${PAGE_SCRIPT}`];
/** The paths rendered from files and the OpenAPI document. */
const DOCUMENTS = ['/docs', '/docs-json', '/docs-yaml', ERRORS_PAGE_PATH, ...PAGE_SCRIPTS];
/** Other addresses of the page, where its relative links would be wrong. */
const OTHER_PAGES = ['/docs/', '/docs/index.html'];

/** The large files of Swagger UI, by path. Its icons are served from disk. */
function uiFiles(): Readonly<Record<string, string>> {
  const names = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-standalone-preset.js'];
  return Object.fromEntries(names.map((name) => [`/docs/${name}`, join(getAbsoluteFSPath(), name)]));
}

/** Documents that take 0.1 s to make, by path, where the build has made them. */
function builtDocuments(): Readonly<Record<string, string>> {
  const yaml = builtFile('openapi.yaml');
  const script = builtFile(PAGE_SCRIPT);
  return {
    ...(yaml && { '/docs-yaml': yaml }),
    ...(script && Object.fromEntries(PAGE_SCRIPTS.map((path) => [path, script]))),
  };
}

/** Serves Swagger UI at `/docs`, and the document at `/docs-json` and `/docs-yaml`. Call it before the application starts. */
export function serveDocs(app: INestApplication): void {
  app.use('/docs', pageSecurity);
  app.use((request: Request, response: Response, next: NextFunction) => {
    const isPage = OTHER_PAGES.includes(request.path.toLowerCase()) && ['GET', 'HEAD'].includes(request.method);
    // Relative: a proxy may serve all of this under a prefix that only it knows.
    if (isPage) response.redirect('../docs');
    else next();
  });
  let document: OpenAPIObject | undefined;
  const make = () => (document ??= builtDocument() ?? openApiDocument(app));
  app.use(keepDocuments({ paths: DOCUMENTS, files: { ...uiFiles(), ...builtDocuments() } }, make));
  app.getHttpAdapter().get(ERRORS_PAGE_PATH, (_request: Request, response: Response) => {
    response.type('html').send(errorsPage());
  });
  SwaggerModule.setup('docs', app, make, {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'Dakkio API',
    customCss: STYLE,
    patchDocumentOnRequest: (request, _response, document) =>
      (request as Request).path.endsWith(PAGE_SCRIPT) ? documentOfPage(document) : document,
    swaggerOptions: {
      persistAuthorization: false,
      onComplete: onPageReady,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      defaultModelsExpandDepth: -1,
    },
  });
}
