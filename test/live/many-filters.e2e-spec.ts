import { setImmediate } from 'node:timers/promises';
import { Channel } from '../../src/live/channel';
import { makeSource } from '../support/make';
import { StreamScene } from '../support/stream-scene';

const STREAMS = 60;
const POINTS = 1000;
const scene = new StreamScene();
afterEach(() => jest.restoreAllMocks());

it('writes the points of streams with different filters in several turns of the event loop', async () => {
  const others: string[] = [];
  for (let index = 0; index < STREAMS; index++) others.push(await makeSource(scene.server, scene.bucketId));
  const streams = await Promise.all(
    others.map((other) => scene.stream(`?dataSourceId=${scene.sourceId}&dataSourceId=${other}`)),
  );
  const perTurn = [0];
  let isRunning = true;
  const counting = (async () => {
    while (isRunning) {
      await setImmediate();
      perTurn.push(0);
    }
  })();
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const write = Channel.prototype.write;
  jest.spyOn(Channel.prototype, 'write').mockImplementation(function* (this: Channel, points) {
    perTurn[perTurn.length - 1] = (perTurn.at(-1) ?? 0) + 1;
    yield* write.call(this, points);
  });
  const values = (index: number) => ({
    timestamp: new Date(Date.UTC(2024, 0, 15) + index).toISOString(),
    values: { t: index },
  });
  await scene.store(Array.from({ length: POINTS }, (_, index) => values(index)));
  await Promise.all(streams.map((stream) => stream.points(POINTS)));
  isRunning = false;
  await counting;
  const expected = Array.from({ length: POINTS }, (_, index) => index);
  for (const { temperatures } of streams) expect(temperatures).toEqual(expected);
  expect(perTurn.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(STREAMS);
  expect(Math.max(...perTurn)).toBeLessThan(STREAMS / 2);
});
