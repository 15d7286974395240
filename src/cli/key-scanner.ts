import { createReadStream, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { keysIn } from '../common/whole-keys';

const KEY_LENGTH = 45;
const SKIPPED = new Set(['.git', 'node_modules']);

/** A key that stands in a file. Lines and columns count from 1, columns in bytes. */
export interface Found {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly key: string;
}

/**
 * Every file below these paths, in order; a path that is a file is given as it is. Symbolic links within folders are not
 * followed, nor are `.git` and `node_modules` looked into.
 *
 * @throws Error of the system for a path that cannot be read
 */
export function* filesBelow(paths: readonly string[]): Generator<string> {
  for (const path of paths) {
    if (!lstatSync(path).isDirectory()) yield path;
    else yield* filesIn(path);
  }
}

function* filesIn(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

/** The keys in a file: well-formed, with a checksum that fits. Of whatever size and kind it is. */
export function scanFile(path: string): AsyncGenerator<Found> {
  return scan(path, createReadStream(path));
}

/** The keys in a stream of bytes, also those that lie across two of its pieces. */
export async function* scan(path: string, stream: Readable | AsyncIterable<Buffer>): AsyncGenerator<Found> {
  let rest = '';
  let line = 1;
  let column = 1;
  for await (const chunk of stream) {
    const text = rest + (chunk as Buffer).toString('latin1');
    const keep = Math.min(text.length, KEY_LENGTH - 1);
    // What begins in the part that is kept is found with the next piece.
    for (const found of keysBefore(text, text.length - keep))
      yield { path, ...placeOf(text, found.index, line, column), key: found.key };
    ({ line, column } = placeOf(text, text.length - keep, line, column));
    rest = text.slice(text.length - keep);
  }
  for (const found of keysBefore(rest, rest.length))
    yield { path, ...placeOf(rest, found.index, line, column), key: found.key };
}

/** The keys that begin before a place. */
function* keysBefore(text: string, before: number): Generator<{ index: number; key: string }> {
  for (const found of keysIn(text)) {
    if (found.index >= before) return;
    yield found;
  }
}

/** Where a place is, when the text begins at this line and column. */
function placeOf(text: string, index: number, line: number, column: number): { line: number; column: number } {
  const before = text.slice(0, index);
  const lines = before.split('\n').length - 1;
  if (lines === 0) return { line, column: column + index };
  return { line: line + lines, column: index - before.lastIndexOf('\n') };
}
