import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

it('has the types of docs/openapi.json (npm run client:types)', () => {
  const script = join(ROOT, 'scripts', 'client-types.mjs');
  const made = execFileSync(process.execPath, [script, '--print'], { encoding: 'utf8', maxBuffer: 2 ** 24 });
  expect(made.length).toBeGreaterThan(50_000);
  expect(readFileSync(join(ROOT, 'clients', 'typescript', 'src', 'api', 'schema.ts'), 'utf8') === made).toBe(true);
});
