import { useEffect, useState } from 'react';
import { timeLeft, timeLeftChangesIn } from '../lib/countdown';
import { fullTime } from '../lib/times';

interface CountdownProps {
  /** An ISO text. */
  readonly to: string;
  /** What stands before what is left: `expires in`. */
  readonly before: string;
  /** What stands there once the time has come. */
  readonly ended: string;
}

/** Counts down to a time, with the full time on hover: `expires in 2 h 5 min`. */
export function Countdown({ to, before, ended }: CountdownProps) {
  const at = Date.parse(to);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const wait = timeLeftChangesIn(at, now);
    if (wait === undefined) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), wait);
    return () => clearTimeout(timer);
  }, [at, now]);
  const left = timeLeft(at, now);
  return (
    <time className="time" dateTime={to} title={fullTime(at)}>
      {left === undefined ? ended : `${before} ${left}`}
    </time>
  );
}
