// `npm run demo`: starts a server on a temporary database, stores a day of sensor data and calls the API. On a terminal, or with
// `-- --stay`, the server keeps running until Ctrl-C. Its database is removed at the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { clearInterval } from 'node:timers';
import { parseArgs } from 'node:util';
import { startReceiver } from './demo/receiver.mjs';
import { startServer } from './demo/server.mjs';
import { tour } from './demo/tour.mjs';
import { ensureBuilt } from './ready.mjs';

const { stay } = parseArgs({ options: { stay: { type: 'boolean', default: process.stdout.isTTY === true } } }).values;
ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'dakkio-demo-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const interrupted = untilInterrupted();
const receiver = await startReceiver();
const server = await startServer(folder, receiver.port);
try {
  const made = await Promise.race([tour({ server, receiver, say }), interrupted]);
  if (made && stay) {
    sayHowToGoOn(made);
    await Promise.race([interrupted, server.ended]);
  } else if (made) {
    say(
      '\nThe demo is over, and its database is removed. `npm run demo -- --stay` keeps the server running to try it.',
    );
    say('`npm start` starts a server that keeps its data.');
  }
} finally {
  receiver.stop();
  await server.stop();
}
process.exit();

function sayHowToGoOn({ bucketId, sources, readKey, writeKey }) {
  const { url, adminKey } = server;
  const source = sources['Living room'];
  say(`
The server keeps running until Ctrl-C; its database is removed then.

  API documentation   ${url}/docs
  Errors              ${url}/docs/errors
  Admin key           ${adminKey}

Three commands to try in another terminal:

  curl -H "X-API-Key: ${readKey}" "${url}/api/data/latest"

  curl -H "X-API-Key: ${writeKey}" -H "Content-Type: application/json" "${url}/api/data" \\
    -d '{"dataSourceId":"${source}","values":{"temperature":33,"humidity":35}}'

  curl -H "X-API-Key: ${adminKey}" "${url}/api/buckets/${bucketId}/keys"
`);
}

/** Resolves at Ctrl-C or SIGTERM. */
function untilInterrupted() {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, 3_600_000);
    const end = () => {
      clearInterval(alive);
      resolve();
    };
    process.once('SIGINT', end).once('SIGTERM', end);
  });
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
