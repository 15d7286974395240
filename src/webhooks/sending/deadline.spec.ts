import { getEventListeners } from 'node:events';
import { raced, startDeadline } from './deadline';

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

it('aborts an attempt after its timeout, and reports that it was late', async () => {
  const deadline = startDeadline(5);
  await new Promise((resolve) => deadline.signal.addEventListener('abort', resolve));
  expect(deadline.isLate()).toBe(true);
});

it('aborts an attempt when the server stops, or has stopped already', () => {
  const stop = new AbortController();
  const before = startDeadline(1000, stop.signal);
  stop.abort();
  const after = startDeadline(1000, stop.signal);
  expect([before.signal.aborted, after.signal.aborted, before.isLate()]).toEqual([true, true, false]);
  before.end();
  after.end();
});

it('leaves neither a timer nor a listener behind', async () => {
  const { signal: stop } = new AbortController();
  const before = timers();
  const deadline = startDeadline(60_000, stop);
  expect(await raced(Promise.resolve(1), deadline.signal)).toBe(1);
  await expect(raced(Promise.reject(new Error('No')), deadline.signal)).rejects.toThrow('No');
  deadline.end();
  expect(getEventListeners(deadline.signal, 'abort')).toEqual([]);
  expect([getEventListeners(stop, 'abort').length, timers() - before]).toEqual([0, 0]);
});

it('stops waiting for work once it is aborted', async () => {
  const stop = new AbortController();
  const waiting = raced(new Promise(() => undefined), stop.signal);
  stop.abort(new Error('Stopped'));
  await expect(waiting).rejects.toThrow('Stopped');
  await expect(raced(new Promise(() => undefined), stop.signal)).rejects.toThrow('Stopped');
});
