import { useEffect, useState } from 'react';

/** After the last key. */
const SETTLES_MILLIS = 300;

/** A text as it was when no key had been pressed for 300 ms. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLES_MILLIS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
