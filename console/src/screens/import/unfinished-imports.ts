import { scoped } from '../../api/server';
import { readStored, writeStored } from '../../lib/storage';
import { readUnfinished, withUnfinished, type Unfinished } from './import-place';

const NAME = scoped('imports');

/** The imports that have not reached their end in this browser, the newest first. */
export function unfinishedImports(): readonly Unfinished[] {
  return readUnfinished(readStored(() => localStorage, NAME));
}

/** Remembers how far an import is. */
export function rememberImport(one: Unfinished): void {
  write(withUnfinished(unfinishedImports(), one));
}

/** Forgets an import: it is complete, or was given up. */
export function forgetImport(file: string): void {
  write(unfinishedImports().filter((one) => one.file !== file));
}

function write(all: readonly Unfinished[]): void {
  writeStored(() => localStorage, NAME, all.length === 0 ? null : JSON.stringify(all));
}
