import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningServer } from './process';

/** Kills a server so long after something of it was answered: how long the first takes is up to the machine. */
export function killAfter(server: RunningServer, millis: number): () => void {
  return atFirst(() => setTimeout(() => server.child.kill('SIGKILL'), millis));
}

/** Does it at the first call only. */
export function atFirst(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

/** Variables for a server that can be made to kill itself between its next commit and the answer. */
export function withExactKill(variables: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-kill-'));
  const file = join(folder, 'now');
  return {
    environment: {
      ...variables,
      NODE_OPTIONS: `--import ${join(__dirname, 'kill-before-answer.mjs')}`,
      KILL_FILE: file,
    },
    killAtNextAnswer: () => writeFileSync(file, ''),
    disarm: () => rmSync(file, { force: true }),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
