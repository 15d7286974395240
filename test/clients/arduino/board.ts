import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { until } from '../../support/until';

const ROOT = join(__dirname, '..', '..', '..');
export const LIBRARY = join(ROOT, 'clients', 'arduino');
const run = promisify(execFile);
const STRICT = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow', '-Werror'];

/** What has become of the points of a board. */
export interface BoardState {
  readonly pending: number;
  readonly stored: number;
  readonly refused: number;
  readonly dropped: number;
  readonly status: number;
  /** In milliseconds. */
  readonly longestLoop: number;
  readonly error: string;
}

/** A running program that uses the library. */
export interface Board {
  /** Everything that it has printed. */
  readonly printed: () => string;
  /** Runs a command of `device.cpp`. */
  send(command: string): Promise<BoardState>;
  /** Resolves once the state is as wanted. */
  waitFor(wanted: Partial<BoardState>): Promise<BoardState>;
  stop(): void;
}

/** Compiles programs for boards, with warnings as errors. */
export class BoardPrograms {
  private constructor(private readonly folder: string) {}

  static async open(): Promise<BoardPrograms> {
    return new BoardPrograms(await mkdtemp(join(tmpdir(), 'dakkio-board-')));
  }

  /** @returns the path of the program */
  async compile(source: string, board: 'ESP32' | 'ESP8266', standard = 'c++17', more: string[] = []): Promise<string> {
    const program = join(this.folder, `${board}-${standard}-${more.length}`);
    const include = ['-I', join(ROOT, 'test/support/arduino'), '-I', join(LIBRARY, 'src')];
    await run('g++', [`-std=${standard}`, `-D${board}`, ...STRICT, ...include, ...more, source, '-o', program]);
    return program;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

export function startBoard(program: string, environment: Record<string, string>): Board {
  const child = spawn(program, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  child.stderr.on('data', (text) => (printed += text));
  const waiting: ((state: BoardState) => void)[] = [];
  let state: Omit<BoardState, 'error'> | undefined;
  createInterface(child.stdout).on('line', (line) => {
    printed += `${line}\n`;
    if (state) {
      waiting.shift()?.({ ...state, error: line });
      state = undefined;
    } else if (line.startsWith('{')) state = JSON.parse(line);
  });
  const send = (command: string) =>
    new Promise<BoardState>((resolve) => {
      waiting.push(resolve);
      child.stdin.write(`${command}\n`);
    });
  const waitFor = async (wanted: Partial<BoardState>) => {
    let last = await send('state');
    await until(`${JSON.stringify(wanted)}, is ${JSON.stringify(last)}`, async () => {
      last = await send('state');
      return Object.entries(wanted).every(([name, value]) => last[name as keyof BoardState] === value);
    });
    return last;
  };
  return { printed: () => printed, send, waitFor, stop: () => child.kill() };
}
