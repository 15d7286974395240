import fc from 'fast-check';
import type { Caller } from './fair-queue';
import { ConcurrencyLimiter } from './concurrency-limiter';

const BOUNDS = { atOnce: 4, atOncePerOrganization: 3, atOncePerLine: 2, waiting: 8, waitingPerLine: 4 };
const of = (organization: string, line: string): Caller => ({ organization, line });

/** Submits work, and records in order what starts and what is refused. */
class Recorder {
  readonly limiter = new ConcurrencyLimiter(BOUNDS);
  readonly started: string[] = [];
  readonly refused: string[] = [];

  submit(caller: Caller, name = caller.line): void {
    if (this.limiter.tryAcquire(caller)) {
      this.started.push(name);
      return;
    }
    const refuse = () => void this.refused.push(name);
    if (!this.limiter.enqueue(caller, { start: () => void this.started.push(name), refuse })) refuse();
  }
}

describe('the concurrency limiter', () => {
  it('admits up to the limit of a line, and its next waiter when one finishes', () => {
    const recorder = new Recorder();
    for (const name of ['1', '2', '3']) recorder.submit(of('o1', 'a'), name);
    expect(recorder.started).toEqual(['1', '2']);
    recorder.limiter.release(of('o1', 'a'));
    expect(recorder.started).toEqual(['1', '2', '3']);
  });

  it('leaves slots for other lines and organizations', () => {
    const recorder = new Recorder();
    for (const line of ['a', 'a', 'a', 'b', 'b', 'c']) recorder.submit(of('o1', line));
    expect(recorder.started).toEqual(['a', 'a', 'b']);
    recorder.submit(of('o2', 'd'));
    expect(recorder.started).toEqual(['a', 'a', 'b', 'd']);
  });

  it('gives free slots to organizations and lines round robin', () => {
    const recorder = new Recorder();
    for (const [organization, line] of [
      ['o1', 'a'],
      ['o1', 'a'],
      ['o1', 'b'],
      ['o2', 'd'],
    ] as const)
      recorder.submit(of(organization, line));
    for (const [organization, line] of [
      ['o1', 'a'],
      ['o1', 'c'],
      ['o2', 'd'],
      ['o3', 'e'],
    ] as const)
      recorder.submit(of(organization, line), `next of ${line}`);
    recorder.started.length = 0;
    recorder.limiter.release(of('o1', 'a'));
    recorder.limiter.release(of('o2', 'd'));
    recorder.limiter.release(of('o1', 'a'));
    recorder.limiter.release(of('o1', 'b'));
    expect(recorder.started).toEqual(['next of a', 'next of d', 'next of e', 'next of c']);
  });

  it('refuses waiters beyond the share of a line', () => {
    const recorder = new Recorder();
    for (let index = 1; index <= 7; index++) recorder.submit(of('o1', 'a'), String(index));
    expect(recorder.refused).toEqual(['7']);
  });

  it('evicts from the organization with the most waiters when the queue is full', () => {
    const recorder = new Recorder();
    for (const line of ['a', 'b'])
      for (let index = 1; index <= 6; index++) recorder.submit(of('o1', line), `${line}${index}`);
    expect(recorder.limiter.waiting).toBe(8);
    recorder.submit(of('o2', 'd'));
    expect(recorder.started).toContain('d');
    recorder.submit(of('o2', 'e'));
    recorder.submit(of('o1', 'c'));
    expect(recorder.refused).toEqual(['b6', 'a6', 'b5']);
    expect(recorder.limiter.waiting).toBe(8);
  });

  it('removes a cancelled waiter', () => {
    const recorder = new Recorder();
    for (const name of ['1', '2']) recorder.submit(of('o1', 'a'), name);
    const waiter = { start: () => recorder.started.push('gone'), refuse: () => recorder.refused.push('gone') };
    recorder.limiter.enqueue(of('o1', 'a'), waiter);
    recorder.limiter.cancel(of('o1', 'a'), waiter);
    recorder.limiter.release(of('o1', 'a'));
    expect([recorder.started, recorder.refused, recorder.limiter.waiting]).toEqual([['1', '2'], [], 0]);
  });

  it('never exceeds a limit, and never leaves a slot free for which a waiter is eligible', () => {
    const caller = fc.record({
      organization: fc.constantFrom('o1', 'o2', 'o3'),
      line: fc.constantFrom('a', 'b', 'c'),
    });
    const steps = fc.array(fc.tuple(fc.constantFrom('ask', 'ask', 'leave', 'give up'), caller, fc.nat(20)), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(steps, (list) => {
        const limiter = new ConcurrencyLimiter(BOUNDS);
        const running: Caller[] = [];
        const waiting = new Map<object, Caller>();
        const count = (callers: Iterable<Caller>, of: Partial<Caller>) =>
          [...callers].filter((one) => Object.entries(of).every(([name, value]) => one[name as keyof Caller] === value))
            .length;
        for (const [step, named, choice] of list) {
          const own = { ...named, line: `${named.organization} ${named.line}` };
          if (step === 'ask') {
            if (limiter.tryAcquire(own)) running.push(own);
            else {
              const waiter = {
                start: () => {
                  waiting.delete(waiter);
                  running.push(own);
                },
                refuse: () => waiting.delete(waiter),
              };
              if (limiter.enqueue(own, waiter)) waiting.set(waiter, own);
            }
          } else if (step === 'leave' && running.length > 0) {
            const [left] = running.splice(choice % running.length, 1);
            if (left) limiter.release(left);
          } else if (step === 'give up' && waiting.size > 0) {
            const [waiter, its] = [...waiting][choice % waiting.size] as [never, Caller];
            waiting.delete(waiter);
            limiter.cancel(its, waiter);
          }
          expect([limiter.running, limiter.waiting]).toEqual([running.length, waiting.size]);
          expect(running.length).toBeLessThanOrEqual(BOUNDS.atOnce);
          expect(waiting.size).toBeLessThanOrEqual(BOUNDS.waiting);
          for (const { organization, line } of [...running, ...waiting.values()]) {
            expect(count(running, { organization })).toBeLessThanOrEqual(BOUNDS.atOncePerOrganization);
            expect(count(running, { line })).toBeLessThanOrEqual(BOUNDS.atOncePerLine);
            expect(count(waiting.values(), { line })).toBeLessThanOrEqual(BOUNDS.waitingPerLine);
          }
          const couldRun = [...waiting.values()].filter(
            ({ organization, line }) =>
              running.length < BOUNDS.atOnce &&
              count(running, { organization }) < BOUNDS.atOncePerOrganization &&
              count(running, { line }) < BOUNDS.atOncePerLine,
          );
          expect(couldRun).toEqual([]);
        }
      }),
    );
  });
});
