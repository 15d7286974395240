import fc from 'fast-check';
import { FairQueue, type Caller } from './fair-queue';

const ORGANIZATIONS = ['o1', 'o2', 'o3'];
const callers: fc.Arbitrary<Caller> = fc.record({
  organization: fc.constantFrom(...ORGANIZATIONS),
  line: fc.constantFrom('a', 'b', 'c'),
});
const nameOf = ({ organization, line }: Caller) => `${organization} ${line}`;

function queueOf(list: readonly Caller[]) {
  const queue = new FairQueue<{ readonly index: number }>();
  for (const [index, caller] of list.entries()) queue.add(caller, { index });
  return queue;
}

function takeAll(queue: FairQueue<{ readonly index: number }>) {
  const taken: { caller: Caller; index: number }[] = [];
  for (let next = queue.take(); next; next = queue.take()) taken.push({ caller: next.caller, index: next.item.index });
  return taken;
}

describe('a fair queue', () => {
  it('serves organizations in turn, and the lines of one in turn, however much one of them has waiting', () => {
    const flood = Array.from({ length: 5 }, () => ({ organization: 'o1', line: 'flood' }));
    const others = [
      { organization: 'o1', line: 'quiet' },
      { organization: 'o2', line: 'other' },
    ];
    expect(takeAll(queueOf([...flood, ...others])).map(({ caller }) => caller.line)).toEqual([
      ...['flood', 'other', 'quiet'],
      ...['flood', 'flood', 'flood', 'flood'],
    ]);
  });

  it('knows whether all items are of one line', () => {
    const [one, other, elsewhere] = [
      { organization: 'o1', line: 'a' },
      { organization: 'o1', line: 'b' },
      { organization: 'o2', line: 'a' },
    ] as const;
    expect(queueOf([]).hasOneLine).toBe(false);
    expect(queueOf([one, one]).hasOneLine).toBe(true);
    expect(queueOf([one, other]).hasOneLine).toBe(false);
    expect(queueOf([one, elsewhere]).hasOneLine).toBe(false);
    const queue = queueOf([one, other, one]);
    queue.take(({ line }) => line === 'b');
    expect(queue.hasOneLine).toBe(true);
  });

  it('passes over a line whose first item may not be served, and keeps its order', () => {
    const [one, other] = [
      { organization: 'o1', line: 'a' },
      { organization: 'o1', line: 'b' },
    ] as const;
    const queue = queueOf([one, one, other]);
    expect(queue.take((_, { index }) => index > 0)?.item.index).toBe(2);
    expect(queue.take((_, { index }) => index > 0)).toBeUndefined();
    expect(takeAll(queue).map(({ index }) => index)).toEqual([0, 1]);
  });

  it('puts an item before the others of its line, not before other lines', () => {
    const queue = new FairQueue<{ readonly name: string }>();
    const [one, other] = ['one', 'other'].map((line) => ({ organization: 'o', line })) as [Caller, Caller];
    queue.addFirst(one, { name: 'b' });
    queue.add(other, { name: 'x' });
    queue.add(one, { name: 'c' });
    queue.addFirst(one, { name: 'a' });
    expect([queue.size, queue.sizeOfLine(one)]).toEqual([4, 3]);
    expect([1, 2, 3, 4, 5].map(() => queue.take()?.item.name)).toEqual(['a', 'x', 'b', 'c', undefined]);
  });

  it('gives all that was added, once, and that of one line in the order in which it came', () => {
    fc.assert(
      fc.property(fc.array(callers), (list) => {
        const queue = queueOf(list);
        expect(queue.size).toBe(list.length);
        const taken = takeAll(queue);
        expect(taken.map(({ index }) => index).sort((one, other) => one - other)).toEqual([...list.keys()]);
        for (const { caller } of taken) {
          const own = taken.filter((one) => nameOf(one.caller) === nameOf(caller)).map(({ index }) => index);
          expect(own).toEqual([...own].sort((one, other) => one - other));
        }
        expect(queue.size).toBe(0);
      }),
    );
  });

  it('lets no organization with items wait for more than one of each other organization', () => {
    fc.assert(
      fc.property(fc.array(callers), (list) => {
        const order = takeAll(queueOf(list)).map(({ caller }) => caller.organization);
        for (const [index, organization] of order.entries()) {
          const before = order.lastIndexOf(organization, index - 1);
          const between = order.slice(before + 1, index);
          expect(new Set(between).size).toBe(between.length);
        }
      }),
    );
  });

  it('lets no line with items wait for more than one of each other line of its organization', () => {
    fc.assert(
      fc.property(fc.array(callers), (list) => {
        const taken = takeAll(queueOf(list));
        for (const organization of ORGANIZATIONS) {
          const order = taken
            .filter(({ caller }) => caller.organization === organization)
            .map(({ caller }) => caller.line);
          for (const [index, line] of order.entries()) {
            const between = order.slice(order.lastIndexOf(line, index - 1) + 1, index);
            expect(new Set(between).size).toBe(between.length);
          }
        }
      }),
    );
  });

  it('passes over those who may not be served, without loss of their place', () => {
    const queue = queueOf([
      { organization: 'o1', line: 'a' },
      { organization: 'o2', line: 'b' },
    ]);
    expect(queue.take(({ line }) => line === 'b')?.item.index).toBe(1);
    expect(queue.take(({ line }) => line === 'b')).toBeUndefined();
    expect(queue.take()?.item.index).toBe(0);
  });

  it('keeps its counts whatever is added, taken, and taken out', () => {
    const steps = fc.array(fc.record({ caller: callers, step: fc.constantFrom('add', 'take', 'remove', 'newest') }));
    fc.assert(
      fc.property(steps, (list) => {
        const queue = new FairQueue<{ readonly caller: Caller }>();
        const model: { readonly caller: Caller }[] = [];
        const drop = (item: object | undefined) => {
          const index = model.findIndex((one) => one === item);
          if (index >= 0) model.splice(index, 1);
        };
        for (const { caller, step } of list) {
          if (step === 'add') {
            const item = { caller };
            model.push(item);
            queue.add(caller, item);
          } else if (step === 'take') drop(queue.take()?.item);
          else if (step === 'newest') drop(queue.takeNewest(caller));
          else {
            const item = model.find((one) => nameOf(one.caller) === nameOf(caller)) ?? { caller };
            expect(queue.remove(caller, item)).toBe(model.includes(item));
            drop(item);
          }
          expect(queue.size).toBe(model.length);
          expect(queue.sizeOfLine(caller)).toBe(model.filter((one) => nameOf(one.caller) === nameOf(caller)).length);
          expect(queue.sizeOfOrganization(caller.organization)).toBe(
            model.filter((one) => one.caller.organization === caller.organization).length,
          );
        }
      }),
    );
  });
});
