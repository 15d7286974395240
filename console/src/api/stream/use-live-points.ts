import { useEffect, useEffectEvent, useState } from 'react';
import { answer, api } from '../client';
import { ApiProblem } from '../problem';
import type { LiveFilter, LivePoint } from './live-point';
import { readStream } from './live-points';

/** `live`: points come as they are stored. `polling`: the newest are asked for every five seconds. `waiting`: neither yet, or the tab is hidden. */
export type LiveState = 'waiting' | 'live' | 'polling';

const POLL_MILLIS = 5000;
const RECONNECT_MILLIS = 2000;

/**
 * Gives new points to `onPoints` while the tab is visible: a browser has six connections for a server, and hidden tabs would hold them.
 *
 * @param filter which points; keep it with `useMemo`. Undefined: none
 */
export function useLivePoints(
  filter: LiveFilter | undefined,
  onPoints: (points: readonly LivePoint[]) => void,
): LiveState {
  const [state, setState] = useState<LiveState>('waiting');
  const deliver = useEffectEvent((points: readonly LivePoint[]) => onPoints(points));

  useEffect(() => {
    if (!filter) return undefined;
    let current: AbortController | undefined;
    const follow = () => {
      current?.abort();
      current = undefined;
      setState('waiting');
      if (document.hidden) return;
      current = new AbortController();
      void followPoints({ filter, signal: current.signal, onState: setState, onPoints: deliver });
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      current?.abort();
    };
  }, [filter]);

  return state;
}

interface Following {
  readonly filter: LiveFilter;
  readonly signal: AbortSignal;
  readonly onState: (state: LiveState) => void;
  readonly onPoints: (points: readonly LivePoint[]) => void;
}

/** Reads the stream again whenever it ends, from the last event on; where the server has none, polls. */
async function followPoints({ filter, signal, onState, onPoints }: Following): Promise<void> {
  let since: string | undefined;
  while (!signal.aborted) {
    try {
      await readStream({
        filter,
        since,
        signal,
        onOpen: () => onState('live'),
        onPoints: (points, lastId) => {
          since = lastId ?? since;
          onPoints(points);
        },
      });
    } catch (cause) {
      if (signal.aborted) return;
      if (cause instanceof ApiProblem && isRefusal(cause)) return pollLatest({ filter, signal, onState, onPoints });
    }
    if (!signal.aborted) onState('waiting');
    await pause(RECONNECT_MILLIS, signal);
  }
}

/** 4xx but 429: it would be refused again. */
function isRefusal({ status }: ApiProblem): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

async function pollLatest({ filter, signal, onState, onPoints }: Following): Promise<void> {
  onState('polling');
  const { bucketId, dataSourceIds = [] } = filter;
  const dataSourceId = dataSourceIds.length === 1 ? dataSourceIds[0] : undefined;
  const wanted = new Set(dataSourceIds);
  while (!signal.aborted) {
    try {
      const query = {
        ...(bucketId !== undefined && { bucketId }),
        ...(dataSourceId !== undefined && { dataSourceId }),
      };
      const { data } = await answer(api.GET('/api/data/latest', { params: { query }, signal }));
      const points = data.filter((point) => wanted.size === 0 || wanted.has(point.dataSourceId));
      if (!signal.aborted) onPoints(points);
    } catch {
      // The banner says that the server cannot be reached; any other refusal repeats until the session ends.
    }
    await pause(POLL_MILLIS, signal);
  }
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, millis);
    signal.addEventListener('abort', end);
  });
}
