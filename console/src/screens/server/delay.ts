/** From this delay on, people notice it; from the second on, something holds the server up. */
const NOTICEABLE_MILLIS = 50;
const BAD_MILLIS = 200;
/** The first measurement begins while the server starts. */
const START_SECONDS = 5;

export interface DelayState {
  readonly tone: 'neutral' | 'ok' | 'warn' | 'bad';
  readonly word: string;
  /** The figures are those of the start too, which says nothing about what comes. */
  readonly hasStart: boolean;
}

interface Measured {
  readonly eventLoop: { readonly p99Millis: number; readonly seconds: number };
  readonly uptimeSeconds: number;
}

/** What the delay of the event loop says of the server. */
export function delayStateOf({ eventLoop, uptimeSeconds }: Measured): DelayState {
  const { p99Millis, seconds } = eventLoop;
  const hasStart = uptimeSeconds - seconds < START_SECONDS;
  if (p99Millis < NOTICEABLE_MILLIS) return { tone: 'ok', word: 'quick', hasStart };
  if (hasStart) return { tone: 'neutral', word: 'just started', hasStart };
  if (p99Millis < BAD_MILLIS) return { tone: 'warn', word: 'busy', hasStart };
  return { tone: 'bad', word: 'slow', hasStart };
}
