// Asks the same of an Express application on a plain server and on the server that our adapter makes, and compares the
// answers. It loads nothing native, so that any Node can run it; `node scripts/build.mjs modules` must have run before.
import { Buffer } from 'node:buffer';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import express from 'express';
import { leanMessages } from '../../dist/modules/common/http/lean-messages.js';
import { addRoutes } from './express-routes.mjs';

const folder = mkdtempSync(join(tmpdir(), 'dakkio-express-'));
writeFileSync(join(folder, 'page.html'), '<h1>Greenhouse</h1>\n');
writeFileSync(join(folder, 'view.text'), '');

/** What is set on each application, which changes how Express behaves. */
const SETTINGS = [
  { etag: 'weak', 'trust proxy': false },
  { etag: 'strong', 'trust proxy': true, 'query parser': 'extended', 'strict routing': true },
  { etag: false, 'trust proxy': 'loopback', 'query parser': false, 'x-powered-by': false, 'json spaces': 2 },
];

/** One request, on a connection of its own. */
const REQUESTS = [
  get('/ip'),
  get('/ip', {
    'X-Forwarded-For': '203.0.113.7, 10.0.0.1',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'a.b.example',
  }),
  get('/ip', { 'X-Requested-With': 'XMLHttpRequest', Host: 'one.two.example:8080' }),
  get('/headers', { 'X-Test': 'yes', Referer: 'https://dash.example/', Cookie: 'a=1; b=2' }),
  get('/query?a=1&a=2&b[c]=3&d=%zz&__proto__=x'),
  get('/query'),
  get('/redirect'),
  get('/redirect', { Accept: 'text/html' }),
  get('/redirect/back'),
  get('/cookie'),
  get('/format'),
  ...['application/json', 'text/html', 'text/*;q=0.5, application/json', 'image/png'].map((Accept) =>
    get('/format', { Accept }),
  ),
  get('/static/page.html'),
  get('/static/page.html', { Range: 'bytes=4-9' }),
  get('/static/page.html', { Range: 'bytes=900-' }),
  get('/static/page.html', { 'If-Modified-Since': 'Fri, 31 Dec 2100 00:00:00 GMT' }),
  get('/static/absent'),
  get('/static'),
  get('/file'),
  get('/download'),
  ...['throw', 'next', 'reject', 'status', 'unhandled'].map((how) => get(`/error/${how}`)),
  get('/router/greenhouse/seven?x=1'),
  get('/router/greenhouse/%zz'),
  get('/router/skip/this'),
  get('/params/one/two/three'),
  get('/sub/inside'),
  get('/sub/through'),
  get('/sub/deep/inside'),
  get('/sub/error'),
  get('/outside'),
  ...['object', 'null', 'text', 'buffer', 'empty', 'status', 'jsonp?callback=f', 'headers'].map((what) =>
    get(`/send/${what}`),
  ),
  get('/send/object', { 'If-None-Match': 'W/"11-IkjuL6CqqtmReFMfkkvwC0sKj1k"' }),
  get('/send/object', { 'If-None-Match': '*' }),
  get('/stream'),
  get('/render'),
  get('/prototypes'),
  get('/accepts', {
    Accept: 'text/html;q=0.9, application/json',
    'Accept-Language': 'de, en;q=0.5',
    'Accept-Encoding': 'gzip',
  }),
  get('/accepts', { 'If-None-Match': '"x"', Range: 'bytes=0-4' }),
  post('/body', 'application/json', '{"name":"Greenhouse"}'),
  post('/body', 'application/json', '{"name":'),
  post('/body', 'application/x-www-form-urlencoded', 'name=Greenhouse&name=Shed'),
  post('/body', 'text/plain', 'Greenhouse'),
  post('/body', 'text/csv', 'a,b'),
  { method: 'PUT', path: '/body', headers: {} },
  { method: 'OPTIONS', path: '/body', headers: {} },
  get('/absent'),
  get('/Outside/'),
  ...['/send/object', '/send/text', '/static/page.html', '/stream', '/absent', '/outside'].map((path) => ({
    method: 'HEAD',
    path,
    headers: {},
  })),
];

function get(path, headers = {}) {
  return { method: 'GET', path, headers };
}

function post(path, type, body) {
  return { method: 'POST', path, headers: { 'Content-Type': type, 'Content-Length': body.length }, body };
}

/** Starts the application; gives its port. */
async function start(settings, makeOptions) {
  const app = express();
  app.set('env', 'test');
  for (const [name, value] of Object.entries(settings)) app.set(name, value);
  const server = createServer(makeOptions(app), app);
  addRoutes(app, folder);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: server.address().port };
}

function ask(port, { method, path, headers, body }) {
  return new Promise((resolve, reject) => {
    const sent = send({ port, host: '127.0.0.1', method, path, headers: { Host: 'test', ...headers }, agent: false });
    sent.on('error', reject).on('response', async (response) => {
      const chunks = await response.toArray();
      const { 'x-request-id': id, ...others } = response.headers;
      delete others.date;
      resolve({
        id,
        said: {
          status: response.statusCode,
          text: response.statusMessage,
          headers: others,
          body: Buffer.concat(chunks).toString(),
        },
      });
    });
    sent.end(body);
  });
}

const count = { passed: 0, failed: 0 };
for (const settings of SETTINGS) {
  const plain = await start(settings, () => ({}));
  const lean = await start(settings, (app) => leanMessages(app, { trustedProxies: [] }));
  for (const request of REQUESTS) {
    const [expected, got] = await Promise.all([ask(plain.port, request), ask(lean.port, request)]);
    const same = isDeepStrictEqual(got.said, expected.said) && expected.id === undefined && got.id !== undefined;
    count[same ? 'passed' : 'failed'] += 1;
    if (!same) console.log(JSON.stringify({ request, settings, expected, got }, null, 2));
  }
  plain.server.close();
  lean.server.close();
}
rmSync(folder, { recursive: true });
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed === 0 && count.passed > 0 ? 0 : 1;
