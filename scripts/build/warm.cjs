// Starts the server once on an empty database and keeps, in dist/, what it would otherwise make again in each process: what V8 has
// compiled for it, and the documents of its API.
'use strict';
const { writeFileSync } = require('node:fs');
const { createServer } = require('node:net');
const { join } = require('node:path');

const [dist, folder] = process.argv.splice(2);
const LONGEST_MILLIS = 60_000;
/** Making them takes 0.1 s each. */
const DOCUMENTS = {
  '/docs-json': 'openapi.json',
  '/docs-yaml': 'openapi.yaml',
  '/docs/swagger-ui-init.js': 'swagger-ui-init.js',
};

const probe = createServer().listen(0, '127.0.0.1', () => {
  const { port } = probe.address();
  probe.close(() => start(port));
});

function start(port) {
  const url = `http://127.0.0.1:${port}`;
  Object.assign(process.env, {
    PORT: String(port),
    HOST: '127.0.0.1',
    DATABASE_URL: `sqlite:${join(folder, 'warm.db')}`,
  });
  const { CACHE, compile, programsOf } = require(join(dist, 'load.js'));
  const script = compile();
  programsOf(script).main();
  const startedAt = Date.now();
  const keep = async () => {
    const ready = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (Date.now() - startedAt > LONGEST_MILLIS) throw new Error('The server did not start in a minute');
    if (!ready?.ok) return setTimeout(keep, 20);
    writeFileSync(CACHE, script.createCachedData());
    for (const [path, name] of Object.entries(DOCUMENTS)) await keepDocument(url + path, join(dist, name));
    process.kill(process.pid, 'SIGTERM');
  };
  void keep();
}

async function keepDocument(url, path) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const text = await response.text();
  writeFileSync(path, path.endsWith('.json') ? `${JSON.stringify(JSON.parse(text), null, 2)}\n` : text);
}
