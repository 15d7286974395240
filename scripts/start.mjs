// `npm start`: sets up what is missing, then the server, in this process' place as far as signals are concerned.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ROOT } from './ready.mjs';

ensureBuilt();
const [file = 'main.js', ...args] = process.argv.slice(2);
const child = spawn(process.execPath, [join(ROOT, 'dist', file), ...args], {
  stdio: 'inherit',
});
// A terminal sends Ctrl-C to both; a supervisor tells only this process.
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGINT', () => {});
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)));
