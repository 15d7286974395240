import { relative, resolve } from 'node:path';
import { shownPrefix, hintOf, typeOf } from '../api-keys/key-text';
import type { LineChanges } from '../api-keys/line-changes';
import type { ApiKey } from '../api-keys/api-key.entity';
import type { Actor, AuditRecorder } from '../common/audit-event';
import { parse, UsageError, type Command, type Terminal } from './command';
import { filesBelow, scan, scanFile, type Found } from './key-scanner';

/** Keys that one run looks up: a file can contain any number of well-formed keys. */
export const MAX_CHECKED = 1_000_000;
const OPTIONS = { check: { type: 'boolean' }, revoke: { type: 'boolean' } } as const;

/**
 * Finds keys in files. Without options it needs neither server nor database, and exits with 1 when it found a key. With
 * `--check` it exits with 1 when a key is valid or can become valid again; with `--revoke`, when that is still so afterwards.
 * `--revoke` deletes each key with all keys that it was rotated from and to: who has one may have rotated it.
 */
export const keysScan: Command = async (args, terminal) => {
  const { values, positionals: paths } = parse(args, { options: OPTIONS, allowPositionals: true });
  if (paths.length === 0) throw new UsageError('Name the files or folders to scan; - is standard input');
  const found = findAll(paths.map(whereTyped));
  if (values.check || values.revoke) return check(await collect(found), values.revoke ?? false, terminal);
  let count = 0;
  for await (const one of found) {
    terminal.out(`${placeOf(one)}  ${shownKey(one.key)}`);
    count += 1;
  }
  terminal.err(count === 0 ? 'No key found' : `${count} ${count === 1 ? 'key' : 'keys'} found`);
  return count === 0 ? 0 : 1;
};

/** Resolves a path against the folder where npm was called, and shows it relative to the project's folder. */
function whereTyped(path: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
  return path === '-' || script !== 'keys:scan' || !folder ? path : relative('', resolve(folder, path));
}

async function* findAll(paths: readonly string[]): AsyncGenerator<Found> {
  try {
    for (const path of paths.filter((one) => one === '-')) yield* scan(path, process.stdin);
    for (const path of filesBelow(paths.filter((one) => one !== '-'))) yield* scanFile(path);
  } catch (cause) {
    // An unreadable file can contain a key: the result must not be "none found".
    throw new UsageError((cause as Error).message);
  }
}

async function collect(keys: AsyncIterable<Found>): Promise<Found[]> {
  const found: Found[] = [];
  for await (const one of keys)
    if (found.push(one) > MAX_CHECKED)
      throw new UsageError(`More than ${MAX_CHECKED} keys found, up to ${placeOf(one)}: name fewer files`);
  return found;
}

async function check(found: readonly Found[], revoke: boolean, terminal: Terminal): Promise<number> {
  const { operator, withServer } = await import('./with-server.js');
  const { KeyService } = await import('../api-keys/key.service.js');
  const { LineChanges } = await import('../api-keys/line-changes.js');
  const { Writer } = await import('../database/writer.js');
  return withServer(async (server) => {
    const by = operator();
    const keys = server.get(KeyService);
    const states = new Map<string, State>();
    const ended = new Set<string>();
    for (const { key } of found) {
      if (states.has(key)) continue;
      const known = await keys.findByText(key);
      if (!known) states.set(key, { text: 'not in this database', usable: false });
      else if (ended.has(known.id)) states.set(key, { text: `revoked  ${describe(known)}`, usable: false });
      else if (revoke) states.set(key, await revoked(server.get(LineChanges), by, known, ended));
      else states.set(key, stateOf(known, await keys.countOthersOfLine(known)));
    }
    for (const one of found) terminal.out(`${placeOf(one)}  ${shownKey(one.key)}  ${states.get(one.key)?.text ?? ''}`);
    const all = [...states.values()];
    const usableCount = all.filter(({ usable }) => usable).length;
    const details = {
      found: states.size,
      opening: usableCount,
      revoked: ended.size,
    };
    const target = { type: 'api key' } as const;
    const recordEvent = (_manager: unknown, audit: AuditRecorder) =>
      Promise.resolve(audit({ by, action: 'keys.checked', organizationId: null, target, details }));
    await server.get(Writer).write(recordEvent);
    terminal.err(`${states.size} different keys found, of which ${usableCount} are valid or can become valid again`);
    return usableCount === 0 ? 0 : 1;
  });
}

/** The state of a key, and whether it is valid or can become valid again. */
interface State {
  readonly text: string;
  readonly usable: boolean;
}

function stateOf(known: ApiKey, othersOfLine: number): State {
  const line = othersOfLine > 0 ? `  and ${moreKeys(othersOfLine)} of its line` : '';
  const { deletedAt, retiredAt, disabledAt, expiresAt } = known;
  const textOf = (word: string) => `${word}  ${describe(known)}${line}`;
  if (deletedAt !== null) return { text: textOf('deleted'), usable: false };
  if (retiredAt !== null) return { text: textOf('retired'), usable: false };
  if (disabledAt !== null) return { text: textOf('disabled'), usable: true };
  if (expiresAt !== null && expiresAt <= Date.now()) return { text: textOf('expired'), usable: true };
  return { text: textOf('live'), usable: true };
}

/** @param ended collects the ids of the deleted keys */
async function revoked(changes: LineChanges, by: Actor, known: ApiKey, ended: Set<string>): Promise<State> {
  const { organizationId, bucketId, id } = known;
  try {
    const keys = await changes.removeLine(by, { organizationId, bucketId }, id);
    for (const key of keys) ended.add(key.id);
    const others = keys.filter((key) => key.id !== id).length;
    const word = others < keys.length ? 'revoked' : 'deleted';
    const line = others > 0 ? `  and ${moreKeys(others)} of its line` : '';
    return { text: `${word}  ${describe(known)}${line}`, usable: false };
  } catch (cause) {
    return { text: `${stateOf(known, 0).text}  not revoked: ${(cause as Error).message}`, usable: true };
  }
}

function describe({ id, name, bucketId, organizationId }: ApiKey): string {
  const where = bucketId === null ? `organization ${organizationId}` : `bucket ${bucketId}`;
  return `${id} ${JSON.stringify(name)} of ${where}`;
}

function moreKeys(count: number): string {
  return `${count} more ${count === 1 ? 'key' : 'keys'}`;
}

function placeOf({ path, line, column }: Found): string {
  return `${path}:${line}:${column}`;
}

function shownKey(key: string): string {
  const type = typeOf(key) ?? 'read';
  return `${shownPrefix(type, hintOf(key))}  ${type} key`;
}
