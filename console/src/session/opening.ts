import { openingOf } from './address';
import { wasIdle } from './idle-lock';
import { signInWithCode, signInWithReadKey } from './sign-in';
import { sessions } from './session-store';
import { typeOfKeyText } from './session';
import { askOtherTabs } from './tabs';

/** Finds the session of this page: by its address, from an earlier load, or from another tab. */
export async function openSession(): Promise<void> {
  const { code, sharedKey, hash } = openingOf(location.hash);
  // Before anything else: neither stays in the address, the history, or a copied link.
  if (code !== undefined || sharedKey !== undefined) history.replaceState(null, '', hash);
  try {
    if (code !== undefined) await signInWithCode(code);
    else if (sharedKey !== undefined) await openShared(sharedKey);
    else await resume();
  } catch (cause) {
    sessions.close('none', undefined, (cause as Error).message);
  }
}

async function openShared(key: string): Promise<void> {
  if (typeOfKeyText(key) !== 'read') throw new Error('This link has no Read key. Ask for a new link');
  await signInWithReadKey(key, 'shared');
}

async function resume(): Promise<void> {
  const stored = sessions.stored();
  const isLocked = stored?.kind === 'session' && wasIdle();
  const session = isLocked ? undefined : (stored ?? (await askOtherTabs()));
  if (session) sessions.begin(session);
  else sessions.close(isLocked ? 'idle' : 'none');
}
