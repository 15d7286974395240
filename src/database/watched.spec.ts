import { databaseFailureOf } from '../common/database-failure';
import { settledWithin, watched, type Run } from './watched';
import { DeadlineError } from './within';

const SECOND = { stallMillis: 1000 };
const never = () => new Promise<never>(() => undefined);

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('gives the result, or the error, of work that settles', async () => {
  await expect(watched(SECOND, () => Promise.resolve(7))).resolves.toBe(7);
  await expect(watched(SECOND, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(jest.getTimerCount()).toBe(0);
});

it('gives up what hangs, as a database that does not answer', async () => {
  const hung = watched(SECOND, never);
  const failure = hung.catch((cause: unknown) => cause);
  await jest.advanceTimersByTimeAsync(1000);
  expect(await failure).toEqual(new DeadlineError('A step', 1000));
  expect(databaseFailureOf(await failure)).toBe('unavailable');
  expect(jest.getTimerCount()).toBe(0);
});

it('lets work take any time that makes progress, and stops it once it was given up', async () => {
  const steps: boolean[] = [];
  let wake = () => {};
  const work = async (run: Run) => {
    for (let step = 0; step < 10; step += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      steps.push(run.next());
    }
    await new Promise<void>((resolve) => (wake = resolve));
    steps.push(run.next());
  };
  const failure = watched(SECOND, work).catch((cause: unknown) => cause);
  await jest.advanceTimersByTimeAsync(5900);
  expect(steps).toEqual(Array(10).fill(true));
  await jest.advanceTimersByTimeAsync(200);
  expect(await failure).toBeInstanceOf(DeadlineError);
  wake();
  await jest.advanceTimersByTimeAsync(0);
  expect(steps.at(-1)).toBe(false);
});

it('gives a process that was frozen time after it wakes up', async () => {
  let answer: (value: string) => void = () => undefined;
  const work = watched(SECOND, () => new Promise<string>((resolve) => (answer = resolve)));
  // Timers that were missed meanwhile fire once.
  jest.setSystemTime(Date.now() + 3_600_000);
  await jest.advanceTimersByTimeAsync(200);
  answer('late');
  await expect(work).resolves.toBe('late');
});

it('waits for what ends for a limited time', async () => {
  const waited = settledWithin(5000, never());
  await jest.advanceTimersByTimeAsync(5000);
  await waited;
  await settledWithin(5000, Promise.reject(new Error('no')));
  expect(jest.getTimerCount()).toBe(0);
});
