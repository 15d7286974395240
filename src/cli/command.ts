import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { changesDirection, showsNothing } from '../common/visible-text';
import { containsKey } from '../common/whole-keys';

/** Standard output for results that scripts read, standard error for messages. Control characters are escaped. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Shows the progress of a long task on a terminal, always on the same line. An empty text clears it. */
  progress(text: string): void;
}

/** Runs a command and returns its exit code: 0 for success, 1 for findings or a failure. */
export type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;

/** Wrong arguments: the program prints its usage and exits with 2. */
export class UsageError extends Error {}

/** @throws UsageError for an unknown option */
export function parse<T extends ParseArgsConfig>(args: readonly string[], config: T) {
  try {
    return parseArgs<T>({ ...config, args: [...args] });
  } catch (cause) {
    throw new UsageError((cause as Error).message);
  }
}

/** Resolves a path against the folder where npm was called: `npm run` changes to the project's folder. */
export function whereTyped(path: string, script: string): string {
  const { npm_lifecycle_event: running, INIT_CWD: folder } = process.env;
  return running === script && folder ? resolve(folder, path) : path;
}

/** @throws UsageError for a name that the API refuses */
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
 * Parses a duration such as `1h` or `30d` into milliseconds.
 *
 * @throws UsageError for any other text, and for more than ten years
 */
export function duration(text: string, option: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS] ?? 0);
  if (seconds < 1 || seconds > LONGEST_SECONDS)
    throw new UsageError(`${option} must be a duration such as 90s, 30m, 8h, 7d or 2w, of at most ten years`);
  return seconds * 1000;
}
