import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

// On other versions of Node: scripts/node-versions.mjs.
it('keeps the behaviour of Express', () => {
  const inProject = (...path: string[]) => join(__dirname, '..', '..', ...path);
  execFileSync(process.execPath, [inProject('scripts', 'build.mjs'), 'modules']);
  const script = inProject('test', 'support', 'express-behaviour.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^[1-9]\d* passed, 0 failed\n$/);
});
