import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** What a hostile client knows: keys that open, and buckets that it may harm. */
export interface Loot {
  readonly keys: readonly string[];
  readonly bucketIds: readonly string[];
}

/** A request as bytes, and whether an answer to it comes without a body. */
export interface HostileRequest {
  readonly bytes: Buffer;
  readonly head: boolean;
}

const NAMES = [
  'name',
  'type',
  'description',
  'retentionDays',
  'status',
  'limit',
  '__proto__',
  'constructor',
  'prototype',
];
const MORE_NAMES = ['toString', 'valueOf', 'then', 'length', '', '$place', '0', 'hasOwnProperty', '\u0000', '\ud800'];
const WORDS = [
  'read',
  'write',
  'admin',
  'active',
  'Greenhouse',
  '',
  ' ',
  'a\u0000b',
  '\ud83c',
  '🌱',
  "'; DROP TABLE buckets;--",
];

/** JSON text in which any name may be given twice, deep and wide, with the names that trip up JavaScript. */
const jsonText = fc.letrec<{ value: string; object: string }>((tie) => ({
  object: fc
    .array(fc.tuple(fc.constantFrom(...NAMES, ...NAMES, ...MORE_NAMES), tie('value')), { maxLength: 5 })
    .map((entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...WORDS).map((word) => JSON.stringify(word)),
    fc.constantFrom('null', 'true', '0', '-0', '7', '1e999', '-1', '1.5', '9007199254740993', '[]', '{}'),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => `[${values.join(',')}]`),
    tie('object'),
  ),
})).object;

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const body = fc.oneof(
  { weight: 6, arbitrary: jsonText.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: bytes },
  { weight: 1, arbitrary: jsonText.map((text) => gzipSync(text)) },
  { weight: 1, arbitrary: fc.nat(6000).map((levels) => Buffer.from(`{"name":${'['.repeat(levels)}`)) },
  { weight: 2, arbitrary: fc.constant(Buffer.alloc(0)) },
);

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 30,
});
const visible = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });

const method = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS') },
  { weight: 1, arbitrary: fc.constantFrom('TRACE', 'CONNECT', 'PROPFIND', 'M-SEARCH', 'get', 'PRI', '', 'G\0T') },
);

const segment = ({ bucketIds }: Loot) =>
  fc.oneof(
    fc.constantFrom(...bucketIds),
    fc.constantFrom(
      'api',
      'buckets',
      'keys',
      'self',
      'health',
      'docs',
      '..',
      '.',
      '',
      '%2e%2e',
      '%00',
      '%zz',
      '%',
      '%ff',
    ),
    fc.constantFrom(
      '0'.repeat(24),
      'A'.repeat(24),
      '0'.repeat(25),
      '__proto__',
      '*',
      ':id',
      '%F0%9F%8C%B1',
      '%ED%A0%80',
    ),
    visible,
    latin1,
  );

const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '?',
      '?limit=1',
      '?limit=-1&offset=x',
      '?__proto__[a]=1',
      '?limit[]=1',
      '?%zz=%',
      '?a=1#b',
    ),
  },
  { weight: 1, arbitrary: fc.oneof(visible, latin1).map((text) => `?${text}`) },
);

function target(loot: Loot) {
  const known = fc
    .tuple(fc.constantFrom(...loot.bucketIds), segment(loot))
    .chain(([id, other]) =>
      fc.constantFrom(
        '/api/buckets',
        `/api/buckets/${id}`,
        `/api/buckets/${other}`,
        `/api/buckets/${id}/keys`,
        `/api/buckets/${id}/keys/${other}`,
        '/api/keys',
        '/api/keys/self',
        `/api/keys/${other}`,
        '/health/live',
        '/docs',
      ),
    );
  const path = fc.oneof(
    { weight: 6, arbitrary: known },
    { weight: 2, arbitrary: fc.array(segment(loot), { maxLength: 5 }).map((parts) => `/${parts.join('/')}`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('*', '//', 'http://test/api/buckets', 'http://[::1', 'http://%@a/', 'a:1', ''),
    },
  );
  return fc.tuple(path, query).map((parts) => parts.join(''));
}

function keyLine({ keys }: Loot) {
  const text = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...keys) }, { weight: 1, arbitrary: latin1 });
  return fc.oneof(
    { weight: 6, arbitrary: text.map((key) => [`X-API-Key: ${key}`]) },
    { weight: 1, arbitrary: text.map((key) => [`Authorization: Bearer ${key}`]) },
    { weight: 1, arbitrary: fc.tuple(text, text).map(([a, b]) => [`X-API-Key: ${a}`, `Authorization: Bearer ${b}`]) },
    { weight: 1, arbitrary: fc.constant([]) },
  );
}

const typeLine = fc.oneof(
  { weight: 6, arbitrary: fc.constant('Content-Type: application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Content-Type: text/plain', 'Content-Type: application/json; charset=utf-16'),
  },
  { weight: 1, arbitrary: latin1.map((text) => `Content-Type: ${text}`) },
);

const otherLine = fc.oneof(
  fc.constantFrom('Content-Encoding: gzip', 'Content-Encoding: br', 'Expect: 100-continue', 'Expect: x', 'Host: other'),
  fc.constantFrom('Upgrade: websocket', 'Connection: keep-alive, Upgrade', 'HTTP2-Settings: AAMAAABk', 'TE: trailers'),
  fc.constantFrom(
    'Accept: nothing',
    'Range: bytes=9-1',
    'If-None-Match: *',
    'If-Match: "x"',
    'Origin: null',
    'Cookie: a=1; a',
  ),
  fc.constantFrom('X-Forwarded-For: 1', 'X-HTTP-Method-Override: DELETE', 'Access-Control-Request-Method: POST'),
  fc.oneof(visible, latin1).map((id) => `X-Request-Id: ${id}`),
  fc.tuple(visible, latin1).map(([name, value]) => `${name}: ${value}`),
  fc.nat(20_000).map((length) => `X-Long: ${'x'.repeat(length)}`),
);

/** Requests that are hostile in all they say, though their bodies come whole. */
export function hostileRequests(loot: Loot): fc.Arbitrary<HostileRequest> {
  const parts = {
    method,
    target: target(loot),
    version: fc.oneof(
      { weight: 20, arbitrary: fc.constant('1.1') },
      { weight: 1, arbitrary: fc.constantFrom('1.0', '9.9', '') },
    ),
    lines: fc
      .tuple(keyLine(loot), typeLine, fc.array(otherLine, { maxLength: 3 }))
      .map(([keys, type, others]) => [...keys, type, ...others]),
    body,
    chunked: fc.boolean(),
  };
  return fc.record(parts).map((request) => {
    const framing = request.chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${request.body.length}`;
    const head = ['Host: test', 'Connection: close', framing, ...request.lines, '', ''].join('\r\n');
    const sent = request.chunked ? inChunks(request.body) : request.body;
    const bytes = Buffer.concat([
      Buffer.from(`${request.method} ${request.target} HTTP/${request.version}\r\n${head}`, 'latin1'),
      sent,
    ]);
    return { bytes, head: request.method === 'HEAD' };
  });
}

/** The same with a piece cut out and other bytes put in, so that what the parser sees may be anything. */
export function brokenRequests(loot: Loot): fc.Arbitrary<HostileRequest> {
  return fc
    .tuple(hostileRequests(loot), fc.nat(1000), fc.nat(20), fc.oneof(bytes, fc.constant(Buffer.alloc(0))))
    .map(([{ bytes: whole, head }, place, cut, put]) => {
      const at = Math.floor((place / 1000) * whole.length);
      return { bytes: Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + cut)]), head };
    });
}

function inChunks(whole: Buffer): Buffer {
  const last = Buffer.from('0\r\n\r\n');
  if (whole.length === 0) return last;
  return Buffer.concat([Buffer.from(`${whole.length.toString(16)}\r\n`), whole, Buffer.from('\r\n'), last]);
}
