// The routes with which express-behaviour.mjs asks what Express does: everything that its requests and responses can do.
import { Buffer } from 'node:buffer';
import { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import express from 'express';

/**
 * Adds the routes to an application.
 *
 * @param folder where `page.html` and `view.text` are
 */
export function addRoutes(app, folder) {
  app.locals.place = 'app';
  app.request.fromParent = 'parent';
  app.response.shout = function shout(text) {
    return this.send(`${text}!`);
  };
  const inside = (request, response) => ({
    fromParent: request.fromParent,
    fromSub: request.fromSub,
    whisper: typeof response.whisper,
    shout: typeof response.shout,
    baseUrl: request.baseUrl,
    url: request.url,
    originalUrl: request.originalUrl,
    mountpath: request.app.mountpath,
    sameApp: request.app === response.app,
    locals: { ...request.app.locals, settings: undefined },
  });

  app.get('/ip', ({ ip, ips, protocol, secure, hostname, host, subdomains, xhr }, response) =>
    response.json({ ip, ips, protocol, secure, hostname, host, subdomains, xhr }),
  );
  app.get('/headers', (request, response) =>
    response.json([
      request.get('x-test'),
      request.header('Referrer'),
      request.get('nothing') ?? null,
      request.headers.cookie,
    ]),
  );
  app.get('/query', (request, response) => {
    const first = request.query;
    response.json([first, request.query, Object.keys(request.query ?? {}), request.path]);
  });
  app.get('/redirect', (_request, response) => response.redirect('/elsewhere?a=ä b'));
  app.get('/redirect/back', (_request, response) => response.redirect(301, 'https://dash.example/'));
  app.get('/cookie', (_request, response) =>
    response.cookie('a', { b: 1 }, { httpOnly: true, sameSite: 'lax', path: '/x' }).clearCookie('c').sendStatus(202),
  );
  app.get('/format', (_request, response) =>
    response.format({ json: () => response.json({ a: 1 }), html: () => response.send('<p>a</p>') }),
  );
  app.use('/static', express.static(folder));
  app.get('/file', (_request, response) => response.sendFile(join(folder, 'page.html'), { maxAge: '1d' }));
  app.get('/download', (_request, response) => response.download(join(folder, 'page.html'), 'höhe.html'));

  app.get('/error/throw', () => {
    throw new Error('thrown');
  });
  app.get('/error/next', (_request, _response, next) => next(Object.assign(new Error('next'), { status: 418 })));
  app.get('/error/reject', () => Promise.reject(new Error('rejected')));
  app.get('/error/status', (_request, response) => response.status(503).json({ error: 'status' }));
  app.get('/error/unhandled', (_request, _response, next) =>
    next(Object.assign(new Error('unhandled'), { pass: true })),
  );

  const router = express.Router({ mergeParams: true });
  router.param('id', (request, _response, next, id) => {
    request.loaded = `row ${id}`;
    next();
  });
  router.get('/:id', (request, response) =>
    response.json([request.params, request.loaded, request.baseUrl, request.url, request.path, request.route.path]),
  );
  app.use('/router/skip', (_request, _response, next) => next('router'), router);
  app.use('/router/:place', router);
  app.get('/params/*rest', (request, response) => response.json(request.params));

  const sub = express();
  sub.set('env', 'test');
  sub.locals.place = 'sub';
  sub.request.fromSub = 'sub';
  sub.response.whisper = () => 'whisper';
  sub.get('/inside', (request, response) => response.json(inside(request, response)));
  sub.get('/through', (request, _response, next) => {
    request.seen = inside(request, _response);
    next();
  });
  sub.get('/error', () => {
    throw new Error('in the mounted application');
  });
  const deep = express();
  deep.request.fromSub = 'deep';
  deep.get('/inside', (request, response) => response.json(inside(request, response)));
  sub.use('/deep', deep);
  app.use('/sub', sub);
  app.get('/sub/through', (request, response) => response.json([request.seen, inside(request, response)]));
  app.get('/outside', (request, response) => response.json(inside(request, response)));

  app.get('/send/object', (_request, response) => response.json({ name: 'Greenhouse' }));
  app.get('/send/null', (_request, response) => response.json(null));
  app.get('/send/text', (_request, response) => response.shout('text'));
  app.get('/send/buffer', (_request, response) => response.type('png').send(Buffer.from([1, 2, 3])));
  app.get('/send/empty', (_request, response) => response.status(204).end());
  app.get('/send/status', (_request, response) => response.sendStatus(404));
  app.get('/send/jsonp', (_request, response) => response.jsonp({ a: '\u2028' }));
  app.get('/send/headers', (_request, response) =>
    response
      .set({ 'X-A': '1', 'Cache-Control': 'private' })
      .append('X-A', ['2', '3'])
      .vary('Accept')
      .links({ next: '/next' })
      .location('/there')
      .attachment('a.csv')
      .send('a,b'),
  );
  app.get('/stream', (_request, response) => {
    response.writeHead(201, 'Made', { 'X-Streamed': 'yes' });
    response.write('one ');
    response.end('two');
  });
  app.engine('text', (_path, { place }, done) => done(null, `in the ${place}`));
  app.set('views', folder);
  app.get('/render', (_request, response) => response.render('view.text', { place: 'shed' }));
  app.get('/prototypes', (request, response) =>
    response.json([
      request instanceof IncomingMessage,
      response instanceof ServerResponse,
      Object.getPrototypeOf(request) === app.request,
      Object.getPrototypeOf(response) === app.response,
      'fresh' in request && 'get' in request,
      request.res === response && response.req === request,
      request.next !== undefined,
    ]),
  );
  app.get('/accepts', (request, response) => {
    const accepted = [
      request.accepts(['json', 'html']),
      request.acceptsLanguages('en', 'de'),
      request.acceptsEncodings('gzip'),
    ];
    response.json([
      ...accepted,
      request.acceptsCharsets('utf-8'),
      request.fresh,
      request.stale,
      request.range(10) ?? null,
    ]);
  });
  app.post('/body', express.json(), express.urlencoded(), express.text(), (request, response) =>
    response.json([request.body ?? null, request.is('json', 'text/*'), request.is('html')]),
  );
  app.use((error, _request, response, next) => {
    if (error.pass) next(error);
    else response.status(error.status ?? 500).json({ caught: error.message });
  });
}
