import { PointStore } from '../../src/points/point-store';
import { WorkScheduler } from '../../src/scheduling/work-scheduler';
import type { TestApp } from './test-app';
import { until } from './until';

/**
 * Asks once to the end, and once with a client that disconnects at the first read of points.
 *
 * @returns how often points were read in each case, the second time after all work has ended
 */
export async function readsWithAndWithoutLeaving(
  server: TestApp,
  ask: (signal?: AbortSignal) => Promise<Response>,
): Promise<{ whole: number; left: number }> {
  const store = server.app.get(PointStore);
  const reads = jest.spyOn(store, 'read');
  expect((await ask()).status).toBe(200);
  const whole = reads.mock.calls.length;

  reads.mockClear();
  const http = server.app.getHttpServer();
  const gone = new Promise((resolve) => http.once('request', ({ socket }) => socket.once('close', resolve)));
  const controller = new AbortController();
  reads.mockImplementationOnce(async (...args) => {
    controller.abort();
    await gone;
    return store.read(...args);
  });
  await expect(ask(controller.signal)).rejects.toThrow(/abort/i);
  await until('the work has ended', () => server.app.get(WorkScheduler).load.running === 0);
  return { whole, left: reads.mock.calls.length };
}
