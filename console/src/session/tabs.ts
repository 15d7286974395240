import { scoped } from '../api/server';
import { readSession, type Session } from './session';
import { sessions, type ClosedReason } from './session-store';

/** What tabs of this server tell each other. No other origin can listen. */
type Message =
  | { readonly kind: 'ask' }
  | { readonly kind: 'give'; readonly session: Session }
  | { readonly kind: 'used' }
  | { readonly kind: 'closed'; readonly key: string; readonly reason: ClosedReason };

const ANSWER_MILLIS = 200;
const channel = new BroadcastChannel(scoped('tabs'));
const onUsed = new Set<() => void>();

const tell = (message: Message) => channel.postMessage(message);

channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
  const { open } = sessions;
  if (data.kind === 'ask' && open?.kind === 'session') tell({ kind: 'give', session: open });
  if (data.kind === 'used') for (const listener of onUsed) listener();
  if (data.kind === 'closed') sessions.close(data.reason, data.key);
});

/** The session of another tab: sessionStorage of a new tab is empty. Undefined if none answers. */
export function askOtherTabs(): Promise<Session | undefined> {
  return new Promise((resolve) => {
    const settle = (session: Session | undefined) => {
      clearTimeout(timer);
      channel.removeEventListener('message', heard);
      resolve(session);
    };
    const heard = ({ data }: MessageEvent<Message>) => {
      const session = data.kind === 'give' ? readSession(data.session) : undefined;
      if (session) settle(session);
    };
    const timer = setTimeout(() => settle(undefined), ANSWER_MILLIS);
    channel.addEventListener('message', heard);
    tell({ kind: 'ask' });
  });
}

/** Says that the session has ended, so that every tab forgets it. */
export function announceSignOut(key: string, reason: ClosedReason): void {
  tell({ kind: 'closed', key, reason });
}

/** Says that the person is active in this tab. */
export function announceUse(): void {
  tell({ kind: 'used' });
}

/** Calls back when the person is active in another tab. */
export function onUseElsewhere(listener: () => void): () => void {
  onUsed.add(listener);
  return () => onUsed.delete(listener);
}
