import type { OpenAPIObject } from '@nestjs/swagger';

const ID = /\b[0-9a-f]{24}\b/g;

/**
 * The document for Swagger UI. It has one security scheme, `X-API-Key`. In examples of requests, ids are placeholders with the name
 * of the field, such as `<bucketId>`, because the ids of examples do not exist on this server.
 */
export function documentOfPage(document: OpenAPIObject): OpenAPIObject {
  const page = structuredClone(document);
  const { schemas = {}, securitySchemes = {} } = page.components ?? {};
  const { apiKey } = securitySchemes;
  page.components = { ...page.components, securitySchemes: apiKey ? { apiKey } : {} };
  const bodies = new Set<object>();
  for (const operation of Object.values(page.paths).flatMap((path) => Object.values(path) as Operation[])) {
    if (operation.security) operation.security = [{ apiKey: [] }];
    if (operation.requestBody) withoutIds(operation.requestBody, { schemas, bodies });
  }
  return page;
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

interface Reached {
  readonly schemas: Readonly<Record<string, object>>;
  /** Schemas whose ids were already replaced. */
  readonly bodies: Set<object>;
}

/**
 * Replaces ids by placeholders in all examples of a part of the document, and of the schemas it references.
 *
 * @param field the name of the field to which the part belongs
 */
function withoutIds(part: object, reached: Reached, field = '_id'): void {
  for (const [name, value] of Object.entries(part) as [string, unknown][]) {
    if (name === 'example' || name === 'examples') Reflect.set(part, name, filled(value, field));
    else if (name === '$ref') withoutIdsOf(reached.schemas[String(value).split('/').at(-1) ?? ''], reached);
    else if (typeof value !== 'object' || value === null) continue;
    else if (name !== 'properties') withoutIds(value, reached, field);
    else for (const [inner, schema] of Object.entries(value)) withoutIds(schema as object, reached, inner);
  }
}

function withoutIdsOf(schema: object | undefined, reached: Reached): void {
  if (!schema || reached.bodies.has(schema)) return;
  reached.bodies.add(schema);
  withoutIds(schema, reached);
}

/** An example with placeholders for its ids. In a list, they are called `_id`. */
function filled(value: unknown, name: string): unknown {
  if (typeof value === 'string') return value.replace(ID, `<${name}>`);
  if (Array.isArray(value)) return value.map((item) => filled(item, '_id'));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([inner, item]) => [inner, filled(item, inner)]));
}
