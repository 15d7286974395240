import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Config } from '../../common/config/config';
import { compactTime } from './compact-time';

export type TraceSettings = Pick<Config, 'database' | 'auditAnchorFile'>;

/** Suffixes of the database file's name. */
const OF_A_DATABASE = /^\.(secret|secret\.previous|anchor|rescue-\w+|before-v\w+-\w+)$/;

/** Files that show that a database existed: its secret, its anchors, copies of it, and a WAL without a database file. */
export function tracesOf({ database, auditAnchorFile }: TraceSettings): string[] {
  const anchor = ['', 'off'].includes(auditAnchorFile) ? [] : [auditAnchorFile].filter(hasContent);
  return database.type === 'postgres' ? anchor : [...new Set([...besideFile(database.path), ...anchor])];
}

/** Renames files of an earlier database, so that a new one can be created. Returns their new names. */
export function setAside(files: readonly string[]): string[] {
  const at = compactTime(Date.now());
  return files.filter(existsSync).map((file) => {
    const aside = `${file}.aside-${at}`;
    renameSync(file, aside);
    return aside;
  });
}

function besideFile(path: string): string[] {
  const folder = dirname(path);
  const name = basename(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  const found = readdirSync(folder)
    .filter((file) => file.startsWith(name) && OF_A_DATABASE.test(file.slice(name.length)))
    .map((file) => join(folder, file));
  const hasLogAlone = !hasContent(path) && hasContent(`${path}-wal`);
  return hasLogAlone ? [`${path}-wal`, ...found] : found;
}

function hasContent(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}
