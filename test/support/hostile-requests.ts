import { gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';

/** What a hostile client knows: keys that open, and buckets that it may harm. */
export interface Loot {
  readonly keys: readonly string[];
  readonly bucketIds: readonly string[];
  /** Paths of keys in those buckets. */
  readonly keyPaths: readonly string[];
}

/** A request, each character of whose text is a byte, and whether an answer to it comes without a body. */
export interface HostileRequest {
  readonly text: string;
  readonly head: boolean;
}

/** Fifteen times out of sixteen the usual, so that most requests get past the first thing that is wrong with them. */
function usually<T>(usual: Arbitrary<T>, ...others: Arbitrary<T>[]): Arbitrary<T> {
  return fc.oneof({ weight: 15 * others.length, arbitrary: usual }, ...others);
}

const oneOf = (spaced: string) => fc.constantFrom(...spaced.split(' '));
const anyByte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const anyBytes = fc.string({ unit: anyByte, maxLength: 30 });
const visible = fc.string({ unit: 'grapheme-ascii', maxLength: 30 });
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

const fieldName = oneOf(
  'name type description retentionDays status expiresAt enabled allowedIps rateLimit quota metadata writeOnly dataSourceId ' +
    'keys gracePeriodSeconds retireOnFirstUse limit windowSeconds per __proto__ constructor prototype',
);
const oddName = usually(
  fieldName,
  oneOf('toString valueOf then length $ne 0 hasOwnProperty'),
  fc.constantFrom('', '\0', '\ud800'),
);
const word = fc.constantFrom('Greenhouse', 'active', '', ' ', 'a\0b', '\ud83c', '🌱', "'; DROP TABLE buckets;--");

/** JSON in which any name may be given twice, deep and wide, with the names that trip up JavaScript. */
const json = fc.letrec<{ value: string; object: string }>((tie) => ({
  object: fc
    .array(fc.tuple(oddName, tie('value')), { maxLength: 5 })
    .map((entries) => `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  value: fc.oneof(
    { depthSize: 'small' },
    word.map((text) => JSON.stringify(text)),
    oneOf('null true 0 -0 7 1e999 -1 1.5 9007199254740993 [] {} "read" "write" "admin"'),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => `[${values.join(',')}]`),
    tie('object'),
  ),
}));

/** What the API takes, and perhaps a field more, or one in another's place. */
const almostValid = fc
  .tuple(
    usually(fc.constant('"Shed"'), json.value),
    usually(oneOf('"read" "write" "admin"'), json.value),
    oddName,
    json.value,
  )
  .chain(([name, type, other, value]) =>
    fc.constantFrom(
      `{"name":${name}}`,
      `{"name":${name},"type":${type}}`,
      `{"name":${name},${JSON.stringify(other)}:${value}}`,
      `{"type":${type},"name":${name},${JSON.stringify(other)}:${value}}`,
      `{"keys":[{"name":${name},"type":${type}},{"name":"a","type":"read",${JSON.stringify(other)}:${value}}]}`,
      `{${JSON.stringify(other)}:${value}}`,
    ),
  );

const body = usually(
  fc.oneof(almostValid, json.object).map(utf8),
  fc.json().map(utf8),
  anyBytes,
  almostValid.map((text) => gzipSync(text).toString('latin1')),
  fc.nat(6000).map((levels) => `{"name":${'['.repeat(levels)}`),
  fc.constant(''),
  fc.array(fc.oneof(visible, word), { maxLength: 6 }).map((cells) => utf8(`name,type\n${cells.join(',')}\n`)),
);

const call = fc.constantFrom(
  ...[
    'POST /api/buckets',
    'GET /api/buckets',
    'PATCH /api/buckets/<id>',
    'PUT /api/buckets/<id>',
    'DELETE /api/buckets/<id>',
  ],
  ...['POST /api/buckets/<id>/keys', 'GET /api/buckets/<id>/keys', 'POST /api/buckets/<id>/keys/bulk'],
  ...['GET <key>', 'PATCH <key>', 'DELETE <key>', 'POST <key>/rotate', 'GET <key>/usage'],
  ...[
    'POST /api/keys',
    'GET /api/keys',
    'GET /api/keys/self',
    'POST /api/keys/self/rotate',
    'GET /api/audit',
    'PATCH /api/keys/<id>',
    'DELETE /api/keys/<id>',
    'HEAD /health/live',
    'GET /docs',
  ],
);
const oddMethod = fc.constantFrom(
  ...['OPTIONS', 'HEAD', 'PUT', 'TRACE', 'CONNECT', 'PROPFIND', 'M-SEARCH', 'get', 'PRI', '', 'G\0T'],
);
const oddSegment = fc.oneof(
  oneOf('api buckets keys self health docs .. . %2e%2e %00 %zz % %ff __proto__ * :id %F0%9F%8C%B1 %ED%A0%80'),
  fc.constantFrom('', '0'.repeat(24), 'A'.repeat(24), '0'.repeat(25)),
  visible,
  anyBytes,
);
const oddPath = fc.oneof(
  fc.array(oddSegment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
  fc.constantFrom('', '*', '//', '/\\@?#', 'http://test/api/buckets', 'http://[::1', 'http://%@a/', 'a:1'),
);
const query = usually(
  fc.constant(''),
  oneOf('? ?limit=1 ?limit=-1&offset=x ?__proto__[a]=1 ?limit[]=1 ?%zz=% ?a=1#b ?unusedForDays=1 ?days=0 ?actorId=x'),
  fc.oneof(visible, anyBytes).map((text) => `?${text}`),
);

/** Method and target: a call that the API knows, but for one piece of it at times. */
function requestLineParts({ bucketIds, keyPaths }: Loot): Arbitrary<string> {
  const parts = {
    call,
    id: usually(fc.constantFrom(...bucketIds), oddSegment),
    key: usually(
      fc.constantFrom(...keyPaths),
      oddSegment.map((segment) => `/api/buckets/${bucketIds[0]}/keys/${segment}`),
    ),
    method: usually(fc.constant(undefined), oddMethod),
    path: usually(fc.constant(undefined), oddPath),
    query,
  };
  return fc.record(parts).map(({ call, id, key, method, path, query }) => {
    const [itsMethod = '', itsPath = ''] = call
      .replace('<key>', () => key)
      .replaceAll('<id>', () => id)
      .split(' ', 2);
    return `${method ?? itsMethod} ${path ?? itsPath}${query}`;
  });
}

function keyLines({ keys }: Loot): Arbitrary<string[]> {
  const key = usually(fc.constantFrom(...keys), anyBytes);
  return usually(
    key.map((text) => [`X-API-Key: ${text}`]),
    key.map((text) => [`Authorization: Bearer ${text}`]),
    fc.tuple(key, key).map(([one, other]) => [`X-API-Key: ${one}`, `Authorization: Bearer ${other}`]),
    fc.constant([]),
  );
}

const oddLine = fc.oneof(
  fc.constantFrom('Content-Encoding: gzip', 'Content-Encoding: br', 'Expect: 100-continue', 'Expect: x', 'Host: other'),
  fc.constantFrom('Upgrade: websocket', 'Connection: keep-alive, Upgrade', 'HTTP2-Settings: AAMAAABk', 'TE: trailers'),
  fc.constantFrom(
    'Accept: nothing',
    'Range: bytes=9-1',
    'If-None-Match: *',
    'If-Match: "x"',
    'Origin: null',
    'Cookie: =;',
  ),
  fc.oneof(visible, anyBytes, fc.constant('once')).map((key) => `Idempotency-Key: ${key}`),
  fc.constantFrom('X-Forwarded-For: 1', 'X-HTTP-Method-Override: DELETE', 'Access-Control-Request-Method: POST'),
  fc.oneof(visible, anyBytes).map((id) => `X-Request-Id: ${id}`),
  fc.tuple(visible, anyBytes).map(([name, value]) => `${name}: ${value}`),
  fc.nat(20_000).map((length) => `X-Long: ${'x'.repeat(length)}`),
);

/** Requests that are hostile in what they say, though their bodies come whole. */
export function hostileRequests(loot: Loot): Arbitrary<HostileRequest> {
  const parts = {
    words: requestLineParts(loot),
    version: usually(fc.constant('1.1'), usually(fc.constant('1.1'), fc.constantFrom('1.0', '9.9', ''))),
    keys: keyLines(loot),
    type: usually(oneOf('application/json'), oneOf('text/csv text/plain application/json;charset=utf-16'), anyBytes),
    others: usually(fc.constant<string[]>([]), fc.array(oddLine, { minLength: 1, maxLength: 3 })),
    body,
    chunked: fc.boolean(),
  };
  return fc.record(parts).map(({ words, version, keys, type, others, body, chunked }) => {
    const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
    const first = [`${words} HTTP/${version}`, 'Host: test', 'Connection: close', framing];
    const head = [...first, ...keys, `Content-Type: ${type}`, ...others].join('\r\n');
    return { text: `${head}\r\n\r\n${chunked ? inChunks(body) : body}`, head: words.startsWith('HEAD ') };
  });
}

/** The same with a piece cut out and other bytes put in, so that what the parser sees may be anything. */
export function brokenRequests(loot: Loot): Arbitrary<HostileRequest> {
  const parts = { whole: hostileRequests(loot), thousandths: fc.nat(1000), cut: fc.nat(20), put: anyBytes };
  return fc.record(parts).map(({ whole: { text, head }, thousandths, cut, put }) => {
    const place = Math.floor((thousandths / 1000) * text.length);
    return { text: text.slice(0, place) + put + text.slice(place + cut), head };
  });
}

function inChunks(body: string): string {
  return `${body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`;
}
