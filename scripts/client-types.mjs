// `npm run client:types`: writes the types of the API for the TypeScript client and the console, from docs/openapi.json. With `--print`: to standard output.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { ROOT, say } from './ready.mjs';

const TARGET = join(ROOT, 'clients', 'typescript', 'src', 'api', 'schema.ts');
const HEAD = '// Generated from docs/openapi.json by `npm run client:types`. Do not edit.\n\n';

const document = JSON.parse(await readFile(join(ROOT, 'docs', 'openapi.json'), 'utf8'));
for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path)))
  operation.responses = successes(operation.responses);
// A default is what the server takes where nothing is sent: the field need not be.
const text = HEAD + astToString(await openapiTypescript(document, { defaultNonNullable: false, alphabetize: true }));
if (process.argv.includes('--print')) process.stdout.write(text);
else {
  await writeFile(TARGET, text);
  say(`Wrote ${TARGET}`);
}

/** The JSON of successful responses: errors have one shape, and headers are read by hand. */
function successes(responses) {
  const found = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return Object.fromEntries(
    found.map(([status, { description, content }]) => [status, { description, content: jsonOf(content) }]),
  );
}

function jsonOf(content = {}) {
  const { 'application/json': json } = content;
  return json && { 'application/json': { schema: json.schema } };
}
