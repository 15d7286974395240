// Runs npm, and says what it is doing: npm itself is silent until it has finished, which can take minutes.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { clearInterval } from 'node:timers';
import { ROOT, say } from './ready.mjs';

const SHOWN_EVERY_MILLIS = 10_000;
const SHOWN_LINES = 20;
/** What npm prints when there is no prebuilt binary of better-sqlite3 for this machine, or it cannot be downloaded. */
const COMPILES = /prebuild-install (?:warn|http 404|ERR)|node-gyp|gyp info/i;
/** What npm or node-gyp prints when something is missing, and what to do. */
const REMEDIES = [
  [
    /find Python|not found: make|make: not found|g\+\+: (?:not found|No such file)|c\+\+: not found|find Visual Studio/i,
    'SQLite cannot be compiled: install Python 3, make and a C++ compiler (Debian, Ubuntu: apt-get install python3 make g++), and run the command again.',
  ],
  [
    /gyp ERR! stack (?:at .*node-gyp\/lib\/install\.js|is related to network)/,
    'SQLite cannot be compiled: the headers of Node.js cannot be downloaded from nodejs.org. Allow it, or name the folder of Node.js in npm_config_nodedir, and run the command again.',
  ],
];
const UNKNOWN =
  'The packages cannot be installed: above is the end of what npm printed. Remove the cause, and run the command again.';

const [command, kind] = process.argv.slice(2);
const amount = kind === 'production' ? 'about 175 MB on disk' : 'with those for tests and checks, about 520 MB on disk';
say(`Installing packages (${amount}) …`);

const scope =
  kind === 'production' ? ['--omit=dev'] : ['--include=dev', ...(command === 'install' ? ['--no-save'] : [])];
const npm = spawn('npm', [command, ...scope, '--no-audit', '--no-fund', '--foreground-scripts', '--loglevel=error'], {
  cwd: ROOT,
  stdio: ['ignore', 'pipe', 'pipe'],
  shell: process.platform === 'win32',
});
const startedAt = Date.now();
const lines = [];
let isCompiling = false;
for (const stream of [npm.stdout, npm.stderr])
  stream.setEncoding('utf8').on('data', (text) => {
    lines.push(...text.split('\n').filter((line) => line.trim() !== ''));
    lines.splice(0, lines.length - 500);
    if (isCompiling || !COMPILES.test(text)) return;
    isCompiling = true;
    say('No prebuilt SQLite could be downloaded for this machine: it is compiled, which takes one to three minutes …');
  });
const progress = setInterval(() => {
  const what = isCompiling ? 'compiling SQLite' : 'installing packages';
  say(`… ${what}, ${Math.round((Date.now() - startedAt) / 1000)} s`);
}, SHOWN_EVERY_MILLIS);

npm.once('error', (cause) => {
  say(`npm cannot be run: ${cause.message}`);
  process.exit(1);
});
npm.once('close', (code) => {
  clearInterval(progress);
  if (code === 0) return;
  say(lines.slice(-SHOWN_LINES).join('\n'));
  say(REMEDIES.find(([pattern]) => lines.some((line) => pattern.test(line)))?.[1] ?? UNKNOWN);
  process.exit(code ?? 1);
});
