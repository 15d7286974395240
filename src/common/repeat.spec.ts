import { repeat } from './repeat';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('calls the work at a fixed rate until it is stopped', async () => {
  const work = jest.fn();
  const repetition = repeat(1000, work);
  expect(work).not.toHaveBeenCalled();
  await jest.advanceTimersByTimeAsync(3500);
  expect(work).toHaveBeenCalledTimes(3);
  await repetition.stop();
  await jest.advanceTimersByTimeAsync(3000);
  expect(work).toHaveBeenCalledTimes(3);
});

it('skips calls while the previous one is under way, and waits for it when it is stopped', async () => {
  let end = () => {};
  const work = jest.fn(() => new Promise<void>((resolve) => (end = resolve)));
  const repetition = repeat(1000, work);
  await jest.advanceTimersByTimeAsync(3000);
  expect(work).toHaveBeenCalledTimes(1);
  end();
  await jest.advanceTimersByTimeAsync(1000);
  expect(work).toHaveBeenCalledTimes(2);
  let isStopped = false;
  const stopped = repetition.stop().then(() => (isStopped = true));
  await jest.advanceTimersByTimeAsync(1000);
  expect(isStopped).toBe(false);
  end();
  await stopped;
});

it('begins within two periods where it is spread', async () => {
  jest.spyOn(Math, 'random').mockReturnValueOnce(0.5);
  const work = jest.fn();
  const repetition = repeat(1000, work, { spread: true });
  await jest.advanceTimersByTimeAsync(1499);
  expect(work).not.toHaveBeenCalled();
  await jest.advanceTimersByTimeAsync(1);
  expect(work).toHaveBeenCalledTimes(1);
  await repetition.stop();
});
