// `npm start`: sets up what is missing, then the server, in this process' place as far as signals are concerned.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { loadEnvFile } from './env-file.mjs';
import { ensureBuilt, ROOT, say } from './ready.mjs';

const fault = loadEnvFile(join(ROOT, '.env'));
if (fault !== undefined) {
  say(fault);
  process.exit(1);
}
ensureBuilt();
const given = process.argv.slice(2);
// `npm start -- --new` gives an argument to the server; a command's script names its file first.
const [file, ...args] = given[0]?.endsWith('.js') ? given : ['main.js', ...given];
const child = spawn(process.execPath, [join(ROOT, 'dist', file), ...args], {
  stdio: 'inherit',
});
// A supervisor tells this process only. A terminal tells the server too, which does not mind being told twice.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
// npm dies of SIGTERM without handing it on: to be left behind by it means the same.
const parent = process.ppid;
const watch = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500);
watch.unref();
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
