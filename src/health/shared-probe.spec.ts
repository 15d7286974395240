import { SharedProbe } from './shared-probe';

let now: number;
let asked: ((value: string) => void)[];
let probe: SharedProbe<string>;
beforeEach(() => {
  jest.useFakeTimers();
  now = 0;
  asked = [];
  probe = new SharedProbe(
    () => new Promise((resolve) => asked.push(resolve)),
    () => now,
  );
});
afterEach(() => jest.useRealTimers());

async function pass(millis: number): Promise<void> {
  now += millis;
  await jest.advanceTimersByTimeAsync(millis);
}

it('asks once for all who ask at the same time, and again after a second', async () => {
  const looks = [probe.look(), probe.look(), probe.look()];
  asked[0]?.('fine');
  expect(await Promise.all(looks)).toEqual(['fine', 'fine', 'fine']);
  await pass(1000);
  expect(await probe.look()).toBe('fine');
  expect(asked).toHaveLength(1);

  await pass(1);
  const later = probe.look();
  asked[1]?.('broken');
  expect(await later).toBe('broken');
});

it('answers after two seconds with the result before, as long as that is less than ten seconds old', async () => {
  const first = probe.look();
  asked[0]?.('fine');
  await first;
  await pass(5000);

  const second = probe.look();
  await pass(2000);
  expect(await second).toBe('fine');

  await pass(1001);
  const third = probe.look();
  await pass(2000);
  expect(await third).toBeUndefined();
  expect(asked).toHaveLength(2);
});

it('gives a question up after ten seconds, and drops its late answer', async () => {
  const first = probe.look();
  await pass(2000);
  expect(await first).toBeUndefined();
  await pass(8000);
  const second = probe.look();
  expect(asked).toHaveLength(2);
  asked[0]?.('late');
  asked[1]?.('fine');
  expect(await second).toBe('fine');
  expect(await probe.look()).toBe('fine');
});
