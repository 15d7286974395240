export const KEY_TYPES = ['admin', 'write', 'read'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

/**
 * `session`: a session key of at most twelve hours, locked after half an hour without use. `shared`: the Read key of a shared link, for
 * this tab. `screen`: a Read key that stays on this screen, also when the browser is closed.
 */
export type SessionKind = 'session' | 'shared' | 'screen';

/** The bucket that a Write or Read key belongs to. */
export interface SessionBucket {
  readonly _id: string;
  readonly name: string;
  readonly retentionDays: number | null;
  readonly status: string;
}

/** A signed-in person: the key that requests carry, and what it may do. */
export interface Session {
  readonly key: string;
  readonly keyId: string;
  /** The key that was exchanged for it; the same one where a Read key is used as it is. */
  readonly openedBy: string;
  readonly type: KeyType;
  /** The name of the key, or of the key that it was opened with. */
  readonly name: string;
  /** Null for an Admin key. */
  readonly bucket: SessionBucket | null;
  readonly organizationId: string;
  readonly expiresAt: string | null;
  readonly rights: readonly string[];
  readonly writeOnly: boolean;
  /** The only data source that it can access. */
  readonly dataSourceId: string | null;
  readonly kind: SessionKind;
}

/** Reads a session from storage or from another tab; undefined for anything else. */
export function readSession(value: unknown): Session | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { key, keyId, openedBy, type, name, rights, kind } = value as Partial<Session>;
  const hasTexts = [key, keyId, openedBy, name].every((text) => typeof text === 'string');
  const isKnown = KEY_TYPES.some((known) => known === type) && Array.isArray(rights) && typeof kind === 'string';
  return hasTexts && isKnown ? (value as Session) : undefined;
}

interface KeyBody {
  readonly _id: string;
  readonly sessionOf?: string;
  readonly type: KeyType;
  readonly name: string;
  readonly bucketId?: string | null;
  readonly bucketName?: string;
  readonly bucket?: SessionBucket | null;
  readonly organizationId: string;
  readonly expiresAt?: string | null;
  readonly rights?: readonly string[];
  readonly writeOnly?: boolean;
  readonly dataSourceId?: string;
}

/** The session of a key, from what the server says of it. */
export function sessionOf(key: string, body: KeyBody, kind: SessionKind): Session {
  const { bucketId, bucketName = 'Bucket' } = body;
  const unnamed = bucketId ? { _id: bucketId, name: bucketName, retentionDays: null, status: 'active' } : null;
  return {
    key,
    keyId: body._id,
    openedBy: body.sessionOf ?? body._id,
    type: body.type,
    name: body.name,
    bucket: body.bucket ?? unnamed,
    organizationId: body.organizationId,
    expiresAt: body.expiresAt ?? null,
    rights: body.rights ?? [],
    writeOnly: body.writeOnly ?? false,
    dataSourceId: body.dataSourceId ?? null,
    kind,
  };
}

const KEY_START = /^dakkio_([awr])_/;
const TYPES_BY_LETTER: Readonly<Record<string, KeyType>> = { a: 'admin', w: 'write', r: 'read' };

/** The type of a key by its text, for what a form offers. The server decides. */
export function typeOfKeyText(text: string): KeyType | undefined {
  return TYPES_BY_LETTER[KEY_START.exec(text.trim())?.[1] ?? ''];
}
