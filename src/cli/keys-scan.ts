import { relative, resolve } from 'node:path';
import { shownPrefix, hintOf, typeOf } from '../api-keys/key-text';
import type { LineChanges } from '../api-keys/line-changes';
import type { ApiKey } from '../api-keys/api-key.entity';
import type { Actor, AuditRecorder } from '../common/audit-event';
import { parse, UsageError, type Command, type Terminal } from './command';
import { filesBelow, scan, scanFile, type Found } from './key-scanner';

/** Keys that one run asks the database of: a file can hold any number of well-formed ones. */
export const MOST_CHECKED = 1_000_000;
const OPTIONS = { check: { type: 'boolean' }, revoke: { type: 'boolean' } } as const;

/**
 * Finds keys in files. Alone it needs neither server nor database, and its exit code is 1 when it found one. With
 * `--check` it is 1 when one of them opens or could be made to open, with `--revoke` when one of them still does. That ends
 * the whole line of each: whoever found a key may have rotated it.
 */
export const keysScan: Command = async (args, terminal) => {
  const { values, positionals: paths } = parse(args, { options: OPTIONS, allowPositionals: true });
  if (paths.length === 0) throw new UsageError('Say which files or folders to look into; - is standard input');
  const found = findAll(paths.map(whereTyped));
  if (values.check || values.revoke) return check(await gathered(found), values.revoke ?? false, terminal);
  let count = 0;
  for await (const one of found) {
    terminal.out(`${placeOf(one)}  ${shownKey(one.key)}`);
    count += 1;
  }
  terminal.err(count === 0 ? 'No key found' : `${count} ${count === 1 ? 'key' : 'keys'} found`);
  return count === 0 ? 0 : 1;
};

/** npm runs its scripts in the project's folder, wherever it was called. */
function whereTyped(path: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: folder } = process.env;
  return path === '-' || script !== 'keys:scan' || !folder ? path : relative('', resolve(folder, path));
}

async function* findAll(paths: readonly string[]): AsyncGenerator<Found> {
  try {
    for (const path of paths.filter((one) => one === '-')) yield* scan(path, process.stdin);
    for (const path of filesBelow(paths.filter((one) => one !== '-'))) yield* scanFile(path);
  } catch (cause) {
    // What cannot be read may hold a key: that must not look like "none found".
    throw new UsageError((cause as Error).message);
  }
}

async function gathered(keys: AsyncIterable<Found>): Promise<Found[]> {
  const found: Found[] = [];
  for await (const one of keys)
    if (found.push(one) > MOST_CHECKED)
      throw new UsageError(`More than ${MOST_CHECKED} keys found, up to ${placeOf(one)}: name fewer files`);
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
      if (!known) states.set(key, { said: 'unknown here', opens: false });
      else if (ended.has(known.id)) states.set(key, { said: `revoked  ${named(known)}`, opens: false });
      else if (revoke) states.set(key, await revoked(server.get(LineChanges), by, known, ended));
      else states.set(key, stateOf(known, await keys.countOthersOfLine(known)));
    }
    for (const one of found) terminal.out(`${placeOf(one)}  ${shownKey(one.key)}  ${states.get(one.key)?.said ?? ''}`);
    const all = [...states.values()];
    const opening = all.filter(({ opens }) => opens).length;
    const details = {
      found: states.size,
      opening,
      revoked: ended.size,
    };
    const target = { type: 'api key' } as const;
    const noteDown = (_manager: unknown, audit: AuditRecorder) =>
      Promise.resolve(audit({ by, action: 'keys.checked', organizationId: null, target, details }));
    await server.get(Writer).write(noteDown);
    terminal.err(`${states.size} different keys found, of which ${opening} open or can be made to open`);
    return opening === 0 ? 0 : 1;
  });
}

/** What is known of a key, and whether it opens or could be made to. */
interface State {
  readonly said: string;
  readonly opens: boolean;
}

function stateOf(known: ApiKey, othersOfLine: number): State {
  const line = othersOfLine > 0 ? `  and ${countOf(othersOfLine)} more of its line` : '';
  const { deletedAt, retiredAt, disabledAt, expiresAt } = known;
  const said = (word: string) => `${word}  ${named(known)}${line}`;
  if (deletedAt !== null) return { said: said('deleted'), opens: false };
  if (retiredAt !== null) return { said: said('retired'), opens: false };
  if (disabledAt !== null) return { said: said('disabled'), opens: true };
  if (expiresAt !== null && expiresAt <= Date.now()) return { said: said('expired'), opens: true };
  return { said: said('live'), opens: true };
}

/** @param ended gets the ids of the keys that are ended */
async function revoked(changes: LineChanges, by: Actor, known: ApiKey, ended: Set<string>): Promise<State> {
  const { organizationId, bucketId, id } = known;
  try {
    const keys = await changes.removeLine(by, { organizationId, bucketId }, id);
    for (const key of keys) ended.add(key.id);
    const others = keys.filter((key) => key.id !== id).length;
    const word = others < keys.length ? 'revoked' : 'deleted';
    const line = others > 0 ? `  and ${countOf(others)} more of its line` : '';
    return { said: `${word}  ${named(known)}${line}`, opens: false };
  } catch (cause) {
    return { said: `${stateOf(known, 0).said}  not revoked: ${(cause as Error).message}`, opens: true };
  }
}

function named({ id, name, bucketId, organizationId }: ApiKey): string {
  const where = bucketId === null ? `organization ${organizationId}` : `bucket ${bucketId}`;
  return `${id} ${JSON.stringify(name)} of ${where}`;
}

function countOf(keys: number): string {
  return `${keys} ${keys === 1 ? 'key' : 'keys'}`;
}

function placeOf({ path, line, column }: Found): string {
  return `${path}:${line}:${column}`;
}

function shownKey(key: string): string {
  const type = typeOf(key) ?? 'read';
  return `${shownPrefix(type, hintOf(key))}  ${type} key`;
}
