import type { Caller } from './fair-queue';
import { TimeSlices, type EventLoop } from './time-slices';

/** An event loop whose turns come when the test says so, and a clock that work moves. */
class FakeLoop implements EventLoop {
  millis = 0;
  /** What else takes time in each turn. */
  othersMillis = 0;
  private next: (() => void)[] = [];

  readonly now = () => this.millis;
  readonly nextTurn = (callback: () => void) => void this.next.push(callback);

  async turn(): Promise<void> {
    const callbacks = this.next.splice(0);
    this.millis += this.othersMillis;
    for (const callback of callbacks) callback();
    await this.settle();
  }

  /** Lets the promises of this turn go as far as they can. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  async turns(count: number): Promise<void> {
    await this.settle();
    for (let index = 0; index < count; index++) await this.turn();
  }

  get isIdle(): boolean {
    return this.next.length === 0;
  }
}

const of = (organization: string, line: string): Caller => ({ organization, line });

function setUp() {
  const loop = new FakeLoop();
  const timeSlices = new TimeSlices(loop);
  const done: string[] = [];
  /** Work of so many slices that take so long each. */
  const work = async (caller: Caller, name: string, slices: number, sliceMillis: number) => {
    const { yieldTurn } = await timeSlices.begin(caller);
    for (let slice = 1; slice <= slices; slice++) {
      loop.millis += sliceMillis;
      done.push(name);
      if (slice < slices) await yieldTurn();
    }
  };
  return { loop, done, work };
}

describe('turns of the event loop', () => {
  it('begins work at once where nothing else has this turn', async () => {
    const { done, work } = setUp();
    await work(of('o1', 'a'), 'a', 1, 1);
    expect(done).toEqual(['a']);
  });

  it('runs one slice in a turn, however much work there is', async () => {
    const { loop, done, work } = setUp();
    for (let index = 0; index < 100; index++) void work(of('o1', 'flood'), 'flood', 10, 3);
    await loop.settle();
    expect(done).toHaveLength(1);
    for (let turn = 0; turn < 60; turn++) {
      const before = done.length;
      await loop.turn();
      expect(done.length - before).toBeLessThanOrEqual(1);
    }
    expect(done.length).toBeGreaterThan(20);
  });

  it('gives another line its slice after one of the flood, and another organization too', async () => {
    const { loop, done, work } = setUp();
    for (let index = 0; index < 100; index++) void work(of('o1', 'flood'), 'flood', 10, 3);
    await loop.turns(10);
    done.length = 0;
    void work(of('o1', 'quiet'), 'quiet', 2, 3);
    void work(of('o2', 'other'), 'other', 2, 3);
    await loop.turns(40);
    expect(done.slice(0, 7)).toEqual(['flood', 'other', 'quiet', 'other', 'flood', 'quiet', 'flood']);
  });

  it('leaves two turns in three to short requests while there are some and slices are long', async () => {
    const { loop, done, work } = setUp();
    loop.othersMillis = 0.3;
    void work(of('o1', 'a'), 'long', 100, 3);
    await loop.turns(30);
    expect(done).toHaveLength(11);
    const short = setUp();
    short.loop.othersMillis = 0.3;
    for (let index = 0; index < 100; index++) void short.work(of('o1', 'a'), 'short', 1, 0.1);
    await short.loop.turns(30);
    expect(short.done).toHaveLength(31);
  });

  it('leaves turns to short requests for a while after there were some, and no longer', async () => {
    const { loop, done, work } = setUp();
    void work(of('o1', 'a'), 'long', 100, 3);
    loop.othersMillis = 0.3;
    await loop.turn();
    loop.othersMillis = 0;
    await loop.turns(60);
    expect(done.length).toBeGreaterThan(45);
    expect(done.length).toBeLessThan(56);
  });

  it('takes every turn where nothing else is to be done', async () => {
    const { loop, done, work } = setUp();
    void work(of('o1', 'a'), 'a', 100, 3);
    void work(of('o1', 'b'), 'b', 100, 3);
    await loop.turns(30);
    expect(done).toHaveLength(31);
  });

  it('goes on without a turn as long as a slice is short', async () => {
    const { loop, done, work } = setUp();
    void work(of('o1', 'a'), 'a', 20, 0.5);
    await loop.settle();
    expect(done).toHaveLength(4);
  });

  it('asks for no more turns once nothing waits', async () => {
    const { loop, done, work } = setUp();
    void work(of('o1', 'a'), 'a', 2, 3);
    await loop.turns(10);
    expect([done.length, loop.isIdle]).toEqual([2, true]);
  });
});
