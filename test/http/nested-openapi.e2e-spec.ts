import type { NestExpressApplication } from '@nestjs/platform-express';
import { Spectral, type RulesetDefinition } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';
import { type Problem } from '../../src/common/errors';
import { openApiDocument } from '../../src/common/openapi/openapi-document';
import { startNestedApp } from '../support/nested-routes';

let app: NestExpressApplication;
beforeAll(async () => ({ app } = await startNestedApp()));
afterAll(() => app.close());

const problem = (path: Problem['path'], message: string): Problem => ({ path: ['body', ...path], message });

const LIST = 'items must be a list of 1 to 500 items';
const NAME = 'Item name is required';
const TYPE = "Item type must be 'a' or 'b'";
const RATE = 'rate must be an object with limit and windowSeconds';
const LIMIT = 'rate.limit must be a whole number from 1 to 1000';
const WINDOW = 'rate.windowSeconds must be a whole number from 1 to 60';
const ADDRESSES = 'allowedIps must be a list of up to 3 IP addresses and CIDR ranges';
const ADDRESS = 'allowedIps must hold IP addresses and CIDR ranges such as 192.168.1.20 or 10.0.0.0/8';
const MAPPED = 'IPv4 addresses must not be written inside IPv6';
const FIRST = 'A CIDR range must begin with its first address';

describe('the OpenAPI document', () => {
  const document = () => JSON.parse(JSON.stringify(openApiDocument(app)));

  it("passes Spectral's rules", async () => {
    const spectral = new Spectral();
    spectral.setRuleset({ extends: [oas as RulesetDefinition] });
    const { paths, ...rest } = document();
    delete paths['/unclearable'];
    const said = await spectral.run({ ...rest, paths });
    // The tags and components of the whole application.
    expect(
      said.filter(({ code }) => !['operation-tag-defined', 'oas3-unused-component'].includes(String(code))),
    ).toEqual([]);
  });

  it('describes nested fields, and allows no additional properties', () => {
    const { schemas } = document().components;
    expect(schemas.Items.properties.items).toEqual({
      description: 'All of them',
      minItems: 1,
      maxItems: 500,
      type: 'array',
      items: { $ref: '#/components/schemas/Item' },
    });
    expect(schemas.Everything.properties.rate).toEqual({
      description: 'A rate, or none',
      type: 'object',
      nullable: true,
      allOf: [{ $ref: '#/components/schemas/Rate' }],
    });
    expect(schemas.Rate).toMatchObject({ required: ['limit', 'windowSeconds'], additionalProperties: false });
    expect([schemas.Item.additionalProperties, schemas.Items.additionalProperties]).toEqual([false, false]);
    expect(schemas.Everything.properties.metadata.additionalProperties).toEqual({ type: 'string' });
    expect(schemas.Given).not.toHaveProperty('additionalProperties');
  });

  it('describes CSV bodies and replies beside the JSON ones', () => {
    const { requestBody, responses, ...operation } = document().paths['/items'].post;
    expect(requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Items' },
          examples: { 'two-lamps': { summary: 'Two lamps', value: expect.any(Object) } },
        },
        'text/csv': { schema: { type: 'string' }, example: 'name,type\n"Lamp, red",a\nLamp,b\n' },
      },
    });
    expect(responses['200'].content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/Given' }, example: { given: '{}' } },
      'text/csv': { schema: { type: 'string' }, example: 'given\n{}\n' },
    });
    expect(operation).not.toHaveProperty('x-csv-example');
  });

  it('lists every error of nested fields and CSV bodies', () => {
    const { responses, description } = document().paths['/items'].post;
    const said = (status: string) =>
      Object.values<any>(responses[status].content['application/json'].examples).map(({ value }) => value.message);
    expect(said('400')).toEqual(
      expect.arrayContaining([
        ...[LIST, 'Each item must be an object', NAME, TYPE, RATE, LIMIT, WINDOW, ADDRESSES, ADDRESS, MAPPED, FIRST],
        'Request body is not valid CSV',
        'The first line of the CSV must name the columns name,type',
      ]),
    );
    expect(said('415')).toEqual(['Content-Type must be application/json or text/csv']);
    expect(said('429')).toEqual(['Too many: 2024-01-15T10:06:00.000Z']);
    expect(description).toBe('Gives back what was sent.\n\nOnly Admin keys may.');
    expect(responses['400'].content['application/json'].examples['several-problems-at-once'].value.details).toEqual([
      problem(['items', 0, 'name'], NAME),
      problem(['items', 0, 'type'], TYPE),
    ]);
  });

  it('documents the limit headers of routes that need a key, and Retry-After of 429', () => {
    const { paths } = document();
    const namesOf = (path: string, status: string) => Object.keys(paths[path].post.responses[status].headers as object);
    const limits = ['RateLimit', 'RateLimit-Policy', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];
    expect(namesOf('/items', '200')).toEqual(['X-Request-Id', 'Cache-Control', ...limits]);
    expect(namesOf('/items', '429')).toEqual(['X-Request-Id', 'X-Error-Code', 'Link', 'Retry-After', ...limits]);
    expect(namesOf('/everything', '200')).toEqual(['X-Request-Id', 'Cache-Control']);
  });
});
