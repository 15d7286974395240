import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { caller, type Call } from './call';

/** What every server of the tests has set: many bad keys from one address are no attack, and PostgreSQL needs a secret. */
export const FOR_TESTS = {
  DAKKIO_FAILED_AUTH_PER_MINUTE: '0',
  ...(process.env.TEST_DATABASE === 'postgres' && { DAKKIO_SECRET_KEY: 'a secret of the tests, and of nothing else' }),
};

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

/**
 * Runs a built program (`main.js`, `cli.js`) with these variables only, beside what a process needs to run at all in a test.
 *
 * @param input what it reads from standard input
 */
export function runProgram(
  file: string,
  args: readonly string[],
  environment: Record<string, string>,
  input = '',
): RunningProgram {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(DIST, file), ...args], {
    env: { PATH, HOME, ...FOR_TESTS, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
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

export interface RunningServer extends RunningProgram {
  readonly url: string;
  readonly call: Call;
}

/** Behind the welcome there may be an anchor of the audit log. */
const ADDRESS = /ready at +(http:\/\/localhost:\d+)[^]*?\n\n(?=audit-anchor |$)/;

/** Starts a server process on a free port, and waits until it is ready. */
export async function startServer(environment: Record<string, string>): Promise<RunningServer> {
  const program = runProgram('main.js', [], { PORT: '0', ...environment });
  const [, url = ''] = await program.waitFor(ADDRESS);
  return { ...program, url, call: caller(url) };
}

/** Stops a program with a signal, and returns its exit code. */
export async function stopProgram({ child, ended }: RunningProgram): Promise<number | null> {
  child.kill('SIGTERM');
  return (await ended).code;
}
