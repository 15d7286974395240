import { scoped } from '../api/server';
import { readStored, writeStored } from '../lib/storage';
import { sessions } from './session-store';
import { signOut } from './sign-in';
import { announceUse, onUseElsewhere } from './tabs';

export const IDLE_MINUTES = 30;
const IDLE_MILLIS = IDLE_MINUTES * 60_000;
const CHECK_MILLIS = 15_000;
/** Other tabs need not hear of each key press. */
const ANNOUNCE_MILLIS = 30_000;
const USED_AT = scoped('used');
const SIGNS_OF_USE = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

const busy = new Set<() => boolean>();

/** While this is true, in any tab, the session counts as used: for work that a lock would interrupt. */
export function keepOpenWhile(isBusy: () => boolean): void {
  busy.add(isBusy);
}

/** Ends the session after 30 minutes without use in any tab. By the clock, since timers stand still while a computer sleeps. */
export function lockWhenIdle(): void {
  let usedAt = Date.now();
  let announcedAt = 0;
  const check = () => {
    if (sessions.open?.kind !== 'session') return;
    if ([...busy].some((isBusy) => isBusy())) noteUsed();
    else if (Date.now() - usedAt >= IDLE_MILLIS) signOut('idle');
  };
  const use = () => {
    // The first touch after a night must not unlock it.
    check();
    noteUsed();
  };
  const noteUsed = () => {
    usedAt = Date.now();
    if (usedAt - announcedAt < ANNOUNCE_MILLIS) return;
    announcedAt = usedAt;
    noteUse(usedAt);
    announceUse();
  };
  for (const name of SIGNS_OF_USE) addEventListener(name, use, { passive: true, capture: true });
  onUseElsewhere(() => (usedAt = Date.now()));
  sessions.subscribe(({ status }) => {
    if (status === 'open') noteUse((usedAt = Date.now()));
  });
  document.addEventListener('visibilitychange', check);
  setInterval(check, CHECK_MILLIS);
}

/** A browser that opens its tabs again after a night restores their storage too. */
function noteUse(at: number): void {
  writeStored(() => sessionStorage, USED_AT, String(at));
}

/** Whether the session in storage was not used for 30 minutes. */
export function wasIdle(): boolean {
  const usedAt = Number(readStored(() => sessionStorage, USED_AT) ?? NaN);
  return Date.now() - usedAt >= IDLE_MILLIS;
}
