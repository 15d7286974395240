import { useEffect, useState } from 'react';

/** The present time, renewed as often as that. */
export function useNow(everyMillis = 60_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMillis);
    return () => clearInterval(timer);
  }, [everyMillis]);
  return now;
}
