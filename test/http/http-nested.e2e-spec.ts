import type { NestExpressApplication } from '@nestjs/platform-express';
import { type Problem } from '../../src/common/errors';
import { type Call } from '../support/call';
import { startNestedApp } from '../support/nested-routes';

let app: NestExpressApplication;
let call: Call;
beforeAll(async () => ({ app, call } = await startNestedApp()));
afterAll(() => app.close());

/** The reply to a body: the parsed body, or the problems. */
async function post(path: string, body: unknown): Promise<unknown> {
  const { status, body: said } = await call('POST', path, { body });
  if (status === 200) return JSON.parse(said.given as string);
  expect([status, said.error, said.message]).toEqual([
    400,
    'Validation Error',
    said.details?.[0].message ?? said.message,
  ]);
  return said.details ?? said.message;
}

const problem = (path: Problem['path'], message: string): Problem => ({ path: ['body', ...path], message });
const items = (...given: unknown[]) => post('/items', { items: given });

const LIST = 'items must be a list of 1 to 500 items';
const NAME = 'Item name is required';
const TYPE = "Item type must be 'a' or 'b'";
const RATE = 'rate must be an object with limit and windowSeconds';
const LIMIT = 'rate.limit must be a whole number from 1 to 1000';
const WINDOW = 'rate.windowSeconds must be a whole number from 1 to 60';
const TIME = 'expiresAt must be an RFC 3339 time with an offset, such as 2030-01-31T12:00:00Z';
const ADDRESS = 'allowedIps must hold IP addresses and CIDR ranges such as 192.168.1.20 or 10.0.0.0/8';

describe('an object within a body', () => {
  it('reaches the handler with its validated fields', async () => {
    expect(await post('/everything', { rate: { windowSeconds: 60, limit: 5 } })).toEqual({
      rate: { limit: 5, windowSeconds: 60 },
    });
  });

  it.each([
    [{ rate: [] }, RATE],
    [{ rate: 5 }, RATE],
    [{ rate: 'x' }, RATE],
    [{ rate: false }, RATE],
  ])('of the wrong type is refused with one problem: %j', async (body, message) => {
    expect(await post('/everything', body)).toBe(message);
  });

  it.each([
    [{ limit: 0, windowSeconds: 60 }, [problem(['rate', 'limit'], LIMIT)]],
    [{ limit: null, windowSeconds: 60 }, [problem(['rate', 'limit'], LIMIT)]],
    [{}, [problem(['rate', 'limit'], LIMIT), problem(['rate', 'windowSeconds'], WINDOW)]],
    [{ limit: 5, windowSeconds: 60, x: 1 }, [problem(['rate', 'x'], 'Unknown property: x')]],
    ['{"limit":5,"windowSeconds":60,"toString":1}', [problem(['rate', 'toString'], 'Unknown property: toString')]],
  ])('is refused with the problems of its fields: %j', async (rate, details) => {
    const body = typeof rate === 'string' ? `{"rate":${rate}}` : { rate };
    expect(await post('/everything', body)).toEqual(details);
  });

  it('has its problems in the order of the fields, and unknown names last', async () => {
    const body = { z: 1, rate: { y: 1, limit: 0 }, enabled: 1, expiresAt: 'soon' };
    expect(await post('/everything', body)).toEqual([
      problem(['rate', 'limit'], LIMIT),
      problem(['rate', 'windowSeconds'], WINDOW),
      problem(['expiresAt'], TIME),
      problem(['enabled'], 'enabled must be true or false'),
      problem(['rate', 'y'], 'Unknown property: y'),
      problem(['z'], 'Unknown property: z'),
    ]);
  });

  it('is cleared by null if it is nullable, and otherwise counts as not given', async () => {
    const nulls = { rate: null, expiresAt: null, allowedIps: null, metadata: null };
    expect(await post('/everything', { ...nulls, enabled: null, sourceId: null, count: null })).toEqual(nulls);
    expect(await post('/unclearable', nulls)).toEqual({});
  });
});

describe('a list of objects', () => {
  it('reaches the handler as instances with their validated fields', async () => {
    const given = [
      { name: 'Lamp', type: 'a', rate: { limit: 5, windowSeconds: 60 } },
      { name: 'A\u0308', type: 'b', rate: null },
    ];
    expect(await items(...given)).toEqual({ items: [given[0], { name: '\u00c4', type: 'b' }] });
  });

  it.each([
    [{}],
    [{ items: null }],
    [{ items: {} }],
    [{ items: 'x' }],
    [{ items: [] }],
    [{ items: Array(501).fill({}) }],
  ])('is refused with one problem when it is not a list of the right length', async (body) => {
    expect(await post('/items', body)).toBe(LIST);
  });

  it('reports every invalid item and its problems', async () => {
    const lamp = { name: 'Lamp', type: 'a' };
    expect(
      await items(
        { name: '', type: 1 },
        lamp,
        7,
        null,
        [],
        { ...lamp, admin: true, rate: { limit: 5 } },
        {
          ...lamp,
          allowedIps: ['::1', 'x'],
        },
      ),
    ).toEqual([
      problem(['items', 0, 'name'], NAME),
      problem(['items', 0, 'type'], TYPE),
      problem(['items', 2], 'Each item must be an object'),
      problem(['items', 3], 'Each item must be an object'),
      problem(['items', 4], 'Each item must be an object'),
      problem(['items', 5, 'rate', 'windowSeconds'], WINDOW),
      problem(['items', 6, 'allowedIps', 1], ADDRESS),
      problem(['items', 5, 'admin'], 'Unknown property: admin'),
    ]);
  });

  it('refuses nested names that pollute prototypes', async () => {
    expect(await post('/items', '{"items":[{"name":"Lamp","type":"a","__proto__":{"admin":true}}]}')).toEqual([
      problem(['items', 0, '__proto__'], 'Unknown property: __proto__'),
    ]);
  });

  it('reports at most the first 100 problems', async () => {
    const details = (await items(...Array(500).fill({}))) as Problem[];
    expect([details.length, details.at(-1)]).toEqual([100, problem(['items', 49, 'type'], TYPE)]);
  });

  it('reports known fields before any number of unknown ones', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`p${index}`, 1]));
    const details = (await items(...Array(400).fill({ name: 'Lamp', type: 'a', ...unknown }), {})) as Problem[];
    expect(details.slice(0, 3)).toEqual([
      problem(['items', 400, 'name'], NAME),
      problem(['items', 400, 'type'], TYPE),
      problem(['items', 0, 'p0'], 'Unknown property: p0'),
    ]);
    expect(details).toHaveLength(100);
  });
});
