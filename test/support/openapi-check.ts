/** An OpenAPI document as in its file. */
export type Json = any;

export interface Operation {
  /** As tests and routes name it: `POST /api/buckets/:bucketId/keys`. */
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly docs: Json;
}

/** Every operation of a document. */
export function operationsOf(document: Json): Operation[] {
  return Object.entries<Json>(document.paths).flatMap(([path, operations]) =>
    Object.entries<Json>(operations).map(([method, docs]) => ({
      route: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
      method: method.toUpperCase(),
      path,
      docs,
    })),
  );
}

/** The bodies that Swagger UI fills in for an operation: its examples, or one made of the examples of its fields. */
export function requestExamples(document: Json, { docs }: Operation): Json[] {
  const content = docs.requestBody?.content['application/json'];
  if (!content) return [];
  if (content.examples) return Object.values<Json>(content.examples).map(({ value }) => value);
  const { properties } = resolved(document, content.schema);
  return [Object.fromEntries(Object.entries<Json>(properties).map(([name, schema]) => [name, schema.example]))];
}

/** The properties of a value that violate its schema. Empty if it is valid. */
export function differences(document: Json, schema: Json, value: Json, at = 'body'): string[] {
  const said = resolved(document, schema);
  if (value === null && said.nullable) return [];
  if (said.allOf) return (said.allOf as Json[]).flatMap((one) => differences(document, one, value, at));
  if (value === null) return [`${at} is null`];
  if (said.oneOf) {
    const ways = (said.oneOf as Json[]).map((one) => differences(document, one, value, at));
    return ways.some((wrong) => wrong.length === 0) ? [] : ways.flat();
  }
  if (said.type === 'array') {
    if (!Array.isArray(value)) return [`${at} is not a list`];
    return value.flatMap((item, index) => differences(document, said.items, item, `${at}[${index}]`));
  }
  if (said.type === 'object' && said.additionalProperties === true)
    return typeof value === 'object' ? [] : [`${at} is not an object`];
  if (said.type === 'object' && typeof said.additionalProperties === 'object') {
    const entries = Object.entries<Json>(value as object);
    return entries.flatMap(([name, inner]) => differences(document, said.additionalProperties, inner, `${at}.${name}`));
  }
  if (said.type === 'object') {
    if (typeof value !== 'object') return [`${at} is not an object`];
    const names = [...new Set([...Object.keys(said.properties), ...Object.keys(value as object)])];
    return names.flatMap((name) => {
      if (!(name in said.properties)) return [`${at}.${name} is not documented`];
      if (!(name in value)) return said.required?.includes(name) ? [`${at}.${name} is missing`] : [];
      return differences(document, said.properties[name], value[name], `${at}.${name}`);
    });
  }
  return fits(said, value) ? [] : [`${at} is ${JSON.stringify(value)}, not ${JSON.stringify(said)}`];
}

function fits(said: Json, value: Json): boolean {
  const length = typeof value === 'string' ? [...value].length : 0;
  return (
    (said.type === 'integer' ? Number.isInteger(value) : typeof value === said.type) &&
    (said.enum === undefined || said.enum.includes(value)) &&
    (said.pattern === undefined || new RegExp(said.pattern as string, 'u').test(value as string)) &&
    (said.format !== 'date-time' || new Date(value as string).toISOString() === value) &&
    length >= (said.minLength ?? 0) &&
    length <= (said.maxLength ?? Infinity) &&
    !(value < said.minimum) &&
    !(value > said.maximum)
  );
}

function resolved(document: Json, schema: Json): Json {
  if (!schema.$ref) return schema;
  const names = (schema.$ref as string).split('/').slice(1);
  return names.reduce((inner: Json, name) => inner[name], document);
}
