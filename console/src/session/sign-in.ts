import { sendJson } from '../api/send';
import { announceSignOut } from './tabs';
import { sessionOf, type Session } from './session';
import { sessions } from './session-store';

interface SessionReply {
  readonly session: Parameters<typeof sessionOf>[1] & { readonly key: string };
}

/**
 * Exchanges a key for a session key of the same rights, so that the pasted key itself is not stored.
 *
 * @throws ApiProblem with the server's sentence
 */
export async function signIn(key: string): Promise<Session> {
  return begin(await sendJson('/api/session', { method: 'POST', body: {}, key: key.trim() }));
}

/** Exchanges the one-time code of a link that the server has printed. */
export async function signInWithCode(code: string): Promise<Session> {
  return begin(await sendJson('/api/session/code', { method: 'POST', body: { code } }));
}

/** Uses a Read key as it is: that of a shared link, or of a screen on a wall that shows its bucket for as long as the key is accepted. */
export async function signInWithReadKey(key: string, kind: 'shared' | 'screen'): Promise<Session> {
  const { apiKey } = (await sendJson('/api/keys/self', { key })) as { apiKey: Parameters<typeof sessionOf>[1] };
  const session = sessionOf(key, apiKey, kind);
  sessions.begin(session);
  return session;
}

function begin(reply: unknown): Session {
  const { session: body } = reply as SessionReply;
  const session = sessionOf(body.key, body, 'session');
  sessions.begin(session);
  return session;
}

/** Ends the session in all tabs, and on the server. A shared key is only forgotten: others may use it too. */
export function signOut(reason: 'signed-out' | 'idle' = 'signed-out'): void {
  const { open } = sessions;
  if (!open) return;
  sessions.close(reason);
  announceSignOut(open.key, reason);
  if (open.kind !== 'session') return;
  // Where this does not arrive, the session key expires by itself.
  sendJson('/api/session', { method: 'DELETE', key: open.key, keepalive: true }).catch(() => undefined);
}
