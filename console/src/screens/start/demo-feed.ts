import { answer, api } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { scoped } from '../../api/server';
import { readStored, writeStored } from '../../lib/storage';
import { pointsAt, type Demo } from './demo-data';
import { DEMO_SENSORS } from './demo-sensors';
import { DEMO_PLACE } from './demo-place';

const STEP_MILLIS = 2000;
const PLACE = scoped(DEMO_PLACE);
const session = () => sessionStorage;

let timer: ReturnType<typeof setInterval> | undefined;

/** Sends a point of each demo sensor now and every two seconds, until the tab is closed or the demo is removed. */
export function startFeed(demo: Demo): Promise<void> {
  writeStored(session, PLACE, JSON.stringify(demo));
  repeatSending(demo);
  return send(demo);
}

export function stopFeed(): void {
  writeStored(session, PLACE, null);
  clearInterval(timer);
}

/** Goes on after the page was loaded again. */
export function resumeFeed(): void {
  const demo = readDemo();
  // The session may not be open yet.
  if (demo) repeatSending(demo);
}

function repeatSending(demo: Demo): void {
  clearInterval(timer);
  timer = setInterval(() => void send(demo), STEP_MILLIS);
}

async function send(demo: Demo): Promise<void> {
  try {
    const dataPoints = pointsAt(demo, Date.now());
    await answer(api.POST('/api/data/batch', { body: { bucketId: demo.bucketId, dataPoints } }));
  } catch (cause) {
    // The bucket is gone, or the session has ended. Anything else may work at the next step.
    if (cause instanceof ApiProblem && [401, 403, 404].includes(cause.status)) stopFeed();
  }
}

function readDemo(): Demo | undefined {
  try {
    const { bucketId, sourceIds } = JSON.parse(readStored(session, PLACE) ?? '{}') as Partial<Demo>;
    const isWhole = typeof bucketId === 'string' && sourceIds?.length === DEMO_SENSORS.length;
    return isWhole ? { bucketId, sourceIds } : undefined;
  } catch {
    return undefined;
  }
}
