import { performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const ROUND_MILLIS = 5000;
/** V8 shrinks its young generation in a collection before which little was allocated: mostly the second or third one. */
const MAX_ROUNDS = 4;
const SHRUNK_MEGABYTES = 4;
const MAX_UTILIZATION = 0.1;

/**
 * Returns the memory that the start has used to the system. Loading the server grows V8's young generation to 30 MB, and an idle server
 * allocates too little to cause the collections that would shrink it. They take 20 to 60 ms each, and wait until the server is idle.
 */
export function returnStartMemory(): void {
  let rounds = 0;
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization > MAX_UTILIZATION) return;
    collectGarbage();
    if (++rounds === MAX_ROUNDS || youngMegabytes() < SHRUNK_MEGABYTES) clearInterval(timer);
  }, ROUND_MILLIS).unref();
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  collect();
}

function youngMegabytes(): number {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return (young?.physical_space_size ?? 0) / 1024 / 1024;
}
