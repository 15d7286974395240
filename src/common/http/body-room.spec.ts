import { BodyRoom, type HeldRoom } from './body-room';

const owner = (key: string, organization = key) => ({ key, organization });
const stays = () => {};

/** Room for 100 bytes, of which a body may have 20. */
function room() {
  const own = new BodyRoom(100, 20);
  const held: string[] = [];
  const take = async (name: string, bytes: number, onWait: (giveUp: () => void) => void = stays): Promise<HeldRoom> => {
    const [key = '', organization = key] = name.split('@');
    const got = await own.take(owner(key, organization), bytes, onWait);
    held.push(name);
    return got;
  };
  return { held, take };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('gives one key a quarter, and one organization half', async () => {
  const { held, take } = room();
  const first = await take('a@o', 20);
  take('a@o', 20).catch(() => {});
  await Promise.all([take('b@o', 20), take('c', 20)]);
  take('d@o', 20).catch(() => {});
  await Promise.all([take('e', 20)]);
  expect(held).toEqual(['a@o', 'b@o', 'c', 'e']);
  first.release();
  await settled();
  expect(held).toEqual(['a@o', 'b@o', 'c', 'e', 'a@o']);
});

it('lets no body overtake one that waits for the whole room', async () => {
  const { held, take } = room();
  const all = await Promise.all('abcde'.split('').map((key) => take(key, 20)));
  take('f', 20).catch(() => {});
  take('g', 5).catch(() => {});
  all[0]?.release();
  await settled();
  expect(held.slice(5)).toEqual(['f']);
  all[1]?.release();
  all[1]?.release();
  await settled();
  expect(held.slice(5)).toEqual(['f', 'g']);
});

it('lets the body of each key be as large as any may', () => {
  const held = new BodyRoom(40, 40);
  expect(held.take(owner('a'), 40, stays)).not.toBeInstanceOf(Promise);
  const second = held.take(owner('a'), 1, (giveUp) => giveUp());
  return expect(second).rejects.toThrow('Too many large request bodies');
});

it('answers 503 after five seconds, and forgets who is gone', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  try {
    const { held, take } = room();
    const all = await Promise.all('abcde'.split('').map((key) => take(key, 20)));
    const late = take('f', 20).catch((cause: unknown) => cause);
    await take('g', 20, (giveUp) => giveUp()).catch((cause: unknown) => cause);
    jest.advanceTimersByTime(5000);
    expect(await late).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
    for (const { release } of all) release();
    await settled();
    expect(held).toHaveLength(5);
    await take('h', 20);
    expect(held).toHaveLength(6);
  } finally {
    jest.useRealTimers();
  }
});
