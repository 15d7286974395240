import { useQueryClient } from '@tanstack/react-query';
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
  const queryClient = useQueryClient();
  const [state, setState] = useState<LiveState>('waiting');
  const deliver = useEffectEvent((points: readonly LivePoint[]) => onPoints(points));

  useEffect(() => {
    if (!filter) return undefined;
    let current: AbortController | undefined;
    const position: Position = { id: undefined };
    const onGap = () => void queryClient.invalidateQueries();
    const follow = () => {
      current?.abort();
      current = undefined;
      setState('waiting');
      if (document.hidden) return;
      current = new AbortController();
      void followPoints({ filter, position, signal: current.signal, onState: setState, onPoints: deliver, onGap });
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      current?.abort();
    };
  }, [filter, queryClient]);

  return state;
}

/** Where the stream goes on after an interruption, also when the tab was hidden. */
interface Position {
  id: string | undefined;
}

interface Following {
  readonly filter: LiveFilter;
  readonly position: Position;
  readonly signal: AbortSignal;
  readonly onState: (state: LiveState) => void;
  readonly onPoints: (points: readonly LivePoint[]) => void;
  readonly onGap: () => void;
}

/** Reads the stream again whenever it ends, from the last event on; where the server has none, polls. */
async function followPoints({ position, onState, ...following }: Following): Promise<void> {
  const { signal } = following;
  while (!signal.aborted) {
    let waitMillis = RECONNECT_MILLIS;
    try {
      await readStream({
        ...following,
        since: position.id,
        onOpen: () => onState('live'),
        onPosition: (id) => (position.id = id),
      });
    } catch (cause) {
      if (signal.aborted) return;
      const problem = cause instanceof ApiProblem ? cause : undefined;
      if (problem && isRefusal(problem)) return pollLatest({ ...following, onState });
      waitMillis = Math.max(waitMillis, (problem?.retryAfterSeconds ?? 0) * 1000);
    }
    if (!signal.aborted) onState('waiting');
    await pause(waitMillis, signal);
  }
}

/** 4xx but 429: it would be refused again. */
function isRefusal({ status }: ApiProblem): boolean {
  return status >= 400 && status < 500 && status !== 429;
}

async function pollLatest({ filter, signal, onState, onPoints }: Omit<Following, 'position' | 'onGap'>): Promise<void> {
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
