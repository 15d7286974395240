// better-auth with its API key plugin, as its documentation sets it up on better-sqlite3, behind node's own HTTP server.
// Keys are made at its own endpoint, for a session; a check is a route that asks `verifyApiKey`, which has no endpoint.
import { createServer } from 'node:http';
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import Database from 'better-sqlite3';

const database = new Database(process.env.DATABASE_PATH);
// The same promise as dakkio's: what is answered is on disk.
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');

const auth = betterAuth({
  database,
  secret: process.env.BETTER_AUTH_SECRET,
  baseURL: 'http://127.0.0.1',
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
});
await (await getMigrations(auth.options)).runMigrations();

const handleAuth = toNodeHandler(auth);
const server = createServer((request, response) => {
  if (request.url.startsWith('/api/auth/')) return handleAuth(request, response);
  return check(request, response);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit());

async function check(request, response) {
  const { valid, key } = await auth.api.verifyApiKey({ body: { key: request.headers['x-api-key'] } });
  const json = JSON.stringify({ apiKey: key });
  response
    .writeHead(valid ? 200 : 401, { 'Content-Type': 'application/json', 'Content-Length': json.length })
    .end(json);
}
