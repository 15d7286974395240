// `npm run build`: builds the server and the console into `dist/`. With `server` or `console`: that part alone.
// With `console --watch`: the console again at each change. With `modules`: every source file as a module of its own, into `dist/modules/`.
// With `client`: the package of clients/typescript, into its own `dist/`.
import { join } from 'node:path';
import process from 'node:process';
import { ensureInstalled, ROOT } from './ready.mjs';

const [part, option] = process.argv.slice(2);
// The declarations of the client are made by the compiler.
ensureInstalled(part === 'client' ? 'development' : 'production');
if (part === 'modules') {
  const { writeModules } = await import('./build/transform.mjs');
  await writeModules(join(ROOT, 'dist', 'modules'));
}
if (part === undefined || part === 'server') {
  const { build } = await import('./build/build.mjs');
  await build();
}
if (part === undefined || part === 'console') {
  const { buildConsole, watchConsole } = await import('./build/console.mjs');
  await (option === '--watch' ? watchConsole() : buildConsole());
}
if (part === 'client') {
  const { buildClient } = await import('./build/client.mjs');
  await buildClient();
}
