import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { changesDirection, showsNothing } from '../common/visible-text';
import { containsKey } from '../common/whole-keys';

/**
 * Where a command speaks: what a script may want goes to `out`, what only a person reads to `err`. A line is printed as one
 * line, with its control characters escaped.
 */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Says how far a long thing is, where a person watches: each time in the same line. An empty text clears it. */
  progress(text: string): void;
}

/** Runs a command, and gives its exit code: 0 for fine, 1 for "found something" or "failed". */
export type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;

/** The command was called in a way that it does not know: exit code 2, with its usage. */
export class UsageError extends Error {}

/** @throws UsageError for what is not among the options */
export function parse<T extends ParseArgsConfig>(args: readonly string[], config: T) {
  try {
    return parseArgs<T>({ ...config, args: [...args] });
  } catch (cause) {
    throw new UsageError((cause as Error).message);
  }
}

/** A path as it was typed: `npm run` changes to the project's folder, and says where it was called. */
export function whereTyped(path: string, script: string): string {
  const { npm_lifecycle_event: running, INIT_CWD: folder } = process.env;
  return running === script && folder ? resolve(folder, path) : path;
}

/** @throws UsageError for what the API would not take as a name */
export function checkedName(name: string, option: string): string {
  const isName = !showsNothing(name) && [...name].length <= 100 && !/\p{Cc}/u.test(name) && name.isWellFormed();
  if (!isName) throw new UsageError(`${option} must have 1 to 100 characters, and no control characters`);
  if (changesDirection(name))
    throw new UsageError(`${option} must not contain characters that change the direction of text`);
  if (containsKey(name)) throw new UsageError(`${option} must not contain an API key`);
  return name.normalize('NFC');
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const LONGEST_SECONDS = 10 * 366 * UNIT_SECONDS.d;

/**
 * The milliseconds that a text such as `1h` or `30d` stands for.
 *
 * @throws UsageError for another text, and for more than ten years
 */
export function duration(text: string, option: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS] ?? 0);
  if (seconds < 1 || seconds > LONGEST_SECONDS)
    throw new UsageError(`${option} must be a time such as 90s, 30m, 8h, 7d or 2w, of ten years at most`);
  return seconds * 1000;
}
