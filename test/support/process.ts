import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const DIST = join(__dirname, '..', '..', 'dist');

/** What a program of ours has printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly printed: { stdout: string; stderr: string };
  readonly ended: Promise<Ended>;
  /** Resolves once standard output matches, with the match. Fails when the program ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Runs a built program (`main.js`, `cli.js`) with these variables only, beside what a process needs to run at all. */
export function runProgram(
  file: string,
  args: string[],
  environment: Record<string, string>,
  cwd?: string,
): RunningProgram {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(DIST, file), ...args], {
    env: { PATH, HOME, ...environment },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...printed }));
  const waitFor = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(printed.stdout);
        if (match) resolve(match);
      };
      child.stdout.on('data', look);
      void ended.then(({ stderr }) => reject(new Error(`It ended before it printed ${pattern}: ${stderr}`)));
      look();
    });
  return { child, printed, ended, waitFor };
}
