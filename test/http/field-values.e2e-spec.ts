// npm test leaves this out: hostile requests, repeated.
import type { NestExpressApplication } from '@nestjs/platform-express';
import fc from 'fast-check';
import { type Problem } from '../../src/common/errors';
import { type Call } from '../support/call';
import { LATER, startNestedApp } from '../support/nested-routes';

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
const TIME = 'expiresAt must be an RFC 3339 time with an offset, such as 2030-01-31T12:00:00Z';
const ADDRESSES = 'allowedIps must be a list of up to 3 IP addresses and CIDR ranges';
const ADDRESS = 'allowedIps must hold IP addresses and CIDR ranges such as 192.168.1.20 or 10.0.0.0/8';
const MAPPED = 'IPv4 addresses must not be written inside IPv6';
const FIRST = 'A CIDR range must begin with its first address';
const NOTES = 'metadata must be an object whose values are strings';
const NOTE_NAME = 'metadata names must have 1 to 64 characters, and no control characters';
const NOTE = 'metadata values must be strings';
const NOTE_ZERO = 'metadata values must not contain the character U+0000';
const NOTE_HALF = 'metadata must not contain half of a surrogate pair';
const NOTE_BYTES = 'metadata must be 2048 bytes or less as JSON';

describe('a value', () => {
  it.each([
    [{ expiresAt: LATER }, { expiresAt: Date.parse(LATER) }],
    [{ expiresAt: '2999-01-31 14:00:00.0009+02:00' }, { expiresAt: Date.parse(LATER) }],
    [{ enabled: false }, { enabled: false }],
    [{ allowedIps: [] }, { allowedIps: [] }],
    [{ allowedIps: ['2001:DB8::/32', '::1', '::1'] }, { allowedIps: ['2001:db8::/32', '::1', '::1'] }],
    [{ metadata: {} }, { metadata: {} }],
    [{ metadata: { toString: 'x', '<name>': '', 'A\u0308': 'a\u0308\n' } }, undefined],
    [{ metadata: { ['🌱'.repeat(64)]: 'x'.repeat(1000) } }, undefined],
    [{ sourceId: '507F1F77BCF86CD799439014' }, { sourceId: '507f1f77bcf86cd799439014' }],
  ])('is accepted: %j', async (body, given) => {
    expect(await post('/everything', body)).toEqual(given ?? body);
  });

  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`n${index}`, '']));
  it.each([
    [{ expiresAt: '2030-02-30T12:00:00Z' }, TIME],
    [{ expiresAt: 4102444800000 }, TIME],
    [{ expiresAt: '' }, TIME],
    [{ expiresAt: [LATER] }, TIME],
    [{ expiresAt: '2001-01-01T00:00:00Z' }, 'Expiry must be in the future'],
    [{ enabled: 'true' }, 'enabled must be true or false'],
    [{ enabled: 0 }, 'enabled must be true or false'],
    [{ allowedIps: '10.0.0.1' }, ADDRESSES],
    [{ allowedIps: { 0: '10.0.0.1', length: 1 } }, ADDRESSES],
    [{ allowedIps: ['::1', '::1', '::1', '::1'] }, ADDRESSES],
    [{ allowedIps: ['::1', 'localhost'] }, [problem(['allowedIps', 1], ADDRESS)]],
    [{ allowedIps: ['10.0.0.0/33'] }, [problem(['allowedIps', 0], ADDRESS)]],
    [{ allowedIps: ['::1', null] }, [problem(['allowedIps', 1], ADDRESS)]],
    [{ allowedIps: [['::1']] }, [problem(['allowedIps', 0], ADDRESS)]],
    [{ allowedIps: ['::FFFF:10.0.0.1'] }, [problem(['allowedIps', 0], MAPPED)]],
    [{ allowedIps: ['::1', '::1', '10.0.0.1/8'] }, [problem(['allowedIps', 2], FIRST)]],
    [{ metadata: [] }, NOTES],
    [{ metadata: 'x' }, NOTES],
    [{ metadata: many }, 'metadata must have 20 entries or less'],
    [{ metadata: { room: 1 } }, [problem(['metadata', 'room'], NOTE)]],
    [{ metadata: { room: null } }, [problem(['metadata', 'room'], NOTE)]],
    [{ metadata: { a: 'x', room: { a: 'x' } } }, [problem(['metadata', 'room'], NOTE)]],
    [{ metadata: { '': 'x' } }, [problem(['metadata', ''], NOTE_NAME)]],
    [{ metadata: { 'a\nb': 'x' } }, [problem(['metadata', 'a\nb'], NOTE_NAME)]],
    [{ metadata: { ['x'.repeat(65)]: 'x' } }, [problem(['metadata', 'x'.repeat(65)], NOTE_NAME)]],
    [{ metadata: { a: 'x\0' } }, [problem(['metadata', 'a'], NOTE_ZERO)]],
    [{ metadata: { a: '\ud800' } }, [problem(['metadata', 'a'], NOTE_HALF)]],
    [{ metadata: { '\udc00': 'x' } }, [problem(['metadata', '\udc00'], NOTE_HALF)]],
    [{ metadata: { a: 'ä'.repeat(1021) } }, NOTE_BYTES],
    [{ sourceId: 'nope' }, 'Invalid source ID format'],
    [{ sourceId: ['507f1f77bcf86cd799439014'] }, 'Invalid source ID format'],
  ])('is refused: %j', async (body, said) => {
    expect(await post('/everything', body)).toEqual(said);
  });

  it('may equal its bound', async () => {
    const metadata = { a: 'ä'.repeat(1020) };
    expect(Buffer.byteLength(JSON.stringify(metadata))).toBe(2048);
    expect(await post('/everything', { metadata })).toEqual({ metadata });
  });

  it.each(['__proto__', 'constructor', 'prototype'])('of metadata cannot be named %s', async (name) => {
    expect(await post('/everything', `{"metadata":{"${name}":"x"}}`)).toEqual([
      problem(['metadata', name], `Unknown property: ${name}`),
    ]);
  });

  it('of any type is accepted or refused without a 5xx', async () => {
    const names = ['rate', 'expiresAt', 'enabled', 'allowedIps', 'metadata', 'sourceId', 'count', 'items'];
    const inner = ['limit', 'windowSeconds', 'name', 'type', 'toString', 'length', 'then', 'valueOf', 'hasOwnProperty'];
    const text = fc.oneof(fc.constantFrom('::1', '10.0.0.0/8', LATER, 'a'), fc.string({ unit: 'binary' }));
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.constantFrom(...inner), text), tie('value'), { maxKeys: 4 }),
      ),
    }));
    const body = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 });
    const property = fc.asyncProperty(
      body,
      fc.constantFrom('/everything', '/unclearable', '/items'),
      async (sent, to) => {
        const { status } = await call('POST', to, { body: JSON.stringify(sent) });
        expect([200, 400]).toContain(status);
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  it.each([
    ['a text', 'x'.repeat(4_000_000)],
    ['slashes', ['/'.repeat(4_000_000)]],
    ['a list', Array(1_000_000).fill(1)],
    ['an object', Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`n${index}`, '']))],
  ])('of the wrong size is refused for every field: %s', async (_what, value) => {
    for (const name of ['rate', 'expiresAt', 'enabled', 'allowedIps', 'metadata', 'sourceId', 'count', 'items']) {
      const { status } = await call('POST', name === 'items' ? '/items' : '/everything', { body: { [name]: value } });
      expect([name, status]).toEqual([name, 400]);
    }
  });
});
