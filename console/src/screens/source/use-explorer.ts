import { useMemo, useState } from 'react';
import { useAddressState } from '../../lib/address-state';
import { ownZone } from '../../lib/times';
import type { TimeRange } from '../../chart/series';
import { explorerStateOf } from './explorer-state';

/** A live chart reads again after this long at most. */
const LIVE_MILLIS = 5000;

/** What the address says to show, and ways to change it. Each change is a step that Back takes back. */
export function useExplorer(newestAt: number) {
  const [values, change] = useAddressState();
  const [now, setNow] = useState(() => Date.now());
  const isLive = values.get('live') === '1';
  const newest = Math.ceil((newestAt + 1) / LIVE_MILLIS) * LIVE_MILLIS;
  const end = isLive && newest > now ? newest : now;
  const state = useMemo(() => explorerStateOf(values, end, ownZone()), [values, end]);
  return {
    state,
    change,
    showPreset: (preset: string) => {
      setNow(Date.now());
      change({ range: preset, from: null, to: null });
    },
    // The preset stays in the address, as what Escape leads back to.
    showRange: ({ from, to }: TimeRange) =>
      change({ from: String(Math.round(from)), to: String(Math.round(to)), live: null }),
    reset: () => {
      if (state.preset === undefined) change({ from: null, to: null });
    },
    toggleLive: () => {
      setNow(Date.now());
      change(state.isLive ? { live: null } : { live: '1', from: null, to: null });
    },
  };
}

export type Explorer = ReturnType<typeof useExplorer>;
