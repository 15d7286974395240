import { useState } from 'react';
import type { TimeRange } from '../../chart/series';
import { useAddressState } from '../../lib/address-state';

const DAY = 86_400_000;

export const PREVIEW_DAYS: Readonly<Record<string, number>> = { '1d': 1, '7d': 7, '30d': 30 };
const DEFAULT = '7d';

/** The days that a preview looks back, from the address, and what its chart shows of them. */
export function usePreviewRange() {
  const [values, change] = useAddressState();
  const [now, setNow] = useState(() => Date.now());
  const wanted = values.get('range') ?? '';
  const name = Object.hasOwn(PREVIEW_DAYS, wanted) ? wanted : DEFAULT;
  const days = PREVIEW_DAYS[name] ?? 7;
  const whole: TimeRange = { from: now - days * DAY, to: now };
  const [zoom, setZoom] = useState<TimeRange>();
  return {
    name,
    days,
    whole,
    shown: zoom ?? whole,
    isZoomed: zoom !== undefined,
    setZoom,
    choose: (next: string) => {
      setNow(Date.now());
      setZoom(undefined);
      change({ range: next === DEFAULT ? null : next }, { replace: true });
    },
  };
}
