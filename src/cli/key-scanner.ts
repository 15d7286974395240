import { createReadStream, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { keysIn } from '../common/whole-keys';

const KEY_LENGTH = 45;
const SKIPPED = new Set(['.git', 'node_modules']);

/** A key in a file. Lines and columns count from 1, columns in bytes. */
export interface Found {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly key: string;
}

/**
 * Lists every file below these paths, in order; a path of a file is returned as it is. Symbolic links within folders are not
 * followed; `.git` and `node_modules` are skipped.
 *
 * @throws the system's error for a path that cannot be read
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

/** Finds well-formed keys with a correct checksum in a file of any size and type. */
export function scanFile(path: string): AsyncGenerator<Found> {
  return scan(path, createReadStream(path));
}

/** Finds keys in a stream of bytes, also across the border of two chunks. */
export async function* scan(path: string, stream: Readable | AsyncIterable<Buffer>): AsyncGenerator<Found> {
  let rest = '';
  let line = 1;
  let column = 1;
  for await (const chunk of stream) {
    const text = rest + (chunk as Buffer).toString('latin1');
    const keep = Math.min(text.length, KEY_LENGTH - 1);
    // A key that begins in the kept part is found with the next chunk.
    for (const found of keysBefore(text, text.length - keep))
      yield { path, ...placeOf(text, found.index, line, column), key: found.key };
    ({ line, column } = placeOf(text, text.length - keep, line, column));
    rest = text.slice(text.length - keep);
  }
  for (const found of keysBefore(rest, rest.length))
    yield { path, ...placeOf(rest, found.index, line, column), key: found.key };
}

/** The keys that begin before an index. */
function* keysBefore(text: string, before: number): Generator<{ index: number; key: string }> {
  for (const found of keysIn(text)) {
    if (found.index >= before) return;
    yield found;
  }
}

/** Line and column of an index, in a text that begins at this line and column. */
function placeOf(text: string, index: number, line: number, column: number): { line: number; column: number } {
  const before = text.slice(0, index);
  const lines = before.split('\n').length - 1;
  if (lines === 0) return { line, column: column + index };
  return { line: line + lines, column: index - before.lastIndexOf('\n') };
}
