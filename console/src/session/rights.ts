import type { KeyType, Session } from './session';

const TYPE_NAMES: Readonly<Record<KeyType, string>> = { admin: 'Admin', write: 'Write', read: 'Read' };

/** What a screen or a button needs. The server decides; this is for what is offered. */
export type Need = 'any' | 'read' | 'write' | 'change' | 'admin';

/** How people say the type of a key. */
export function typeName(type: KeyType): string {
  return TYPE_NAMES[type];
}

/** Whether a session may do what needs this. A write-only key reads nothing, and so can change nothing that is shown first. */
export function may({ type, writeOnly }: Pick<Session, 'type' | 'writeOnly'>, need: Need): boolean {
  if (need === 'any') return true;
  if (need === 'read') return !writeOnly;
  if (need === 'write') return type !== 'read';
  if (need === 'change') return type !== 'read' && !writeOnly;
  return type === 'admin';
}

/** Whether a session may import files: that reads and creates data sources. */
export function mayImport(session: Pick<Session, 'type' | 'writeOnly' | 'dataSourceId'>): boolean {
  return may(session, 'change') && session.dataSourceId === null;
}

/** Whether a session may create data sources. A write-only key may, though it cannot list them. */
export function mayCreateSources({ type, dataSourceId }: Pick<Session, 'type' | 'dataSourceId'>): boolean {
  return type !== 'read' && dataSourceId === null;
}

/** Where a session begins. */
export function homePathOf({ bucket, writeOnly }: Pick<Session, 'bucket' | 'writeOnly'>): string {
  if (!bucket) return '/overview';
  return writeOnly ? '/key' : `/buckets/${bucket._id}`;
}
