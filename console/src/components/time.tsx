import { useEffect, useState } from 'react';
import { distanceInWords, fullTime, hasCome, shortDistance, wordsLastMillis } from '../lib/times';

interface TimeProps {
  /** An ISO text or milliseconds; null or undefined where there is no time. */
  readonly at: string | number | null | undefined;
  /** What stands there without a time. */
  readonly none?: string;
  /** What stands there once the time has come, of one that was ahead: `now`. */
  readonly come?: string;
  readonly zone?: string;
  /** On a phone: `3 min ago`. */
  readonly isShortBelow600?: boolean;
}

/** A time as people say it, `3 minutes ago`, with the full time on hover. It stays true while it is shown. */
export function Time({ at, none = 'never', come, zone, isShortBelow600 = false }: TimeProps) {
  const millis = at === null || at === undefined ? NaN : new Date(at).getTime();
  const now = useNow(millis);
  if (Number.isNaN(millis)) return <span className="muted">{none}</span>;
  return (
    <time className="time" dateTime={new Date(millis).toISOString()} title={fullTime(millis, zone)}>
      {come !== undefined && hasCome(millis, now) ? (
        come
      ) : isShortBelow600 ? (
        <>
          <span className="time-long">{distanceInWords(millis, now)}</span>
          <span className="time-short">{shortDistance(millis, now)}</span>
        </>
      ) : (
        distanceInWords(millis, now)
      )}
    </time>
  );
}

function useNow(at: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (Number.isNaN(at)) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const tick = () => {
      const present = Date.now();
      setNow(present);
      timer = setTimeout(tick, wordsLastMillis(at, present));
    };
    tick();
    return () => clearTimeout(timer);
  }, [at]);
  return now;
}
