// `npm run build`: builds the server into `dist/`. With `modules`: every source file as a module of its own, into `dist/modules/`.
import { join } from 'node:path';
import process from 'node:process';
import { ensureInstalled, ROOT } from './ready.mjs';

ensureInstalled();
if (process.argv[2] === 'modules') {
  const { writeModules } = await import('./build/transform.mjs');
  await writeModules(join(ROOT, 'dist', 'modules'));
} else {
  const { build } = await import('./build/build.mjs');
  await build();
}
