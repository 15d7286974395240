import fc from 'fast-check';
import { ServerError } from '../../../clients/typescript/src';
import { delayOf, retryAfterMillis } from '../../../clients/typescript/src/http/retry';
import { PointQueue, utf8Length } from '../../../clients/typescript/src/writer/point-queue';

const POLICY = { initialDelayMillis: 500, maxDelayMillis: 30_000, maxRetryMillis: Infinity };
const NOW = 'Mon, 15 Jan 2024 10:00:00 GMT';

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Mon, 15 Jan 2024 10:00:30 GMT', 30_000],
    ['Mon, 15 Jan 2024 09:00:00 GMT', 0],
    ['Monday, 15-Jan-24 10:00:30 GMT', 30_000],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('of %j is %j ms', (value, millis) => expect(retryAfterMillis(value, NOW)).toBe(millis));

  it('is measured by the clock of the client where the response has no date', () => {
    const value = new Date(Date.now() + 10_000).toUTCString();
    expect(Math.abs((retryAfterMillis(value, null) ?? 0) - 10_000)).toBeLessThan(2000);
  });
});

describe('the wait before a retry', () => {
  it('doubles up to a bound, and is random', () => {
    const longest = [0, 1, 2, 6, 50, 5000].map((failures) => delayOf(POLICY, failures, undefined, () => 1));
    expect(longest).toEqual([500, 1000, 2000, 30_000, 30_000, 30_000]);
    expect(delayOf(POLICY, 0, undefined, () => 0)).toBe(250);
  });

  it('is never shorter than the server asks for', () => {
    const error = new ServerError('No', { status: 503, retryAfterMillis: 60_000 });
    expect(delayOf(POLICY, 0, error, () => 0)).toBe(60_000);
    expect(delayOf(POLICY, 0, error, () => 1)).toBe(60_500);
    const zero = new ServerError('No', { status: 503, retryAfterMillis: 0 });
    expect(delayOf(POLICY, 0, zero, () => 0)).toBe(250);
  });
});

describe('the queue of points', () => {
  it('counts the bytes of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => expect(utf8Length(text)).toBe(Buffer.byteLength(text))),
    );
  });

  it('keeps the order and its counts through any writes, sends and drops', () => {
    const step = fc.constantFrom('push', 'push', 'pin', 'confirm', 'release', 'drop');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new PointQueue({ points: 50, bytes: 1000 });
        const model: string[] = [];
        let pinned = 0;
        let next = 0;
        for (const kind of steps) {
          if (kind === 'push' && queue.hasRoomFor(1, 3)) {
            const json = String(100 + next++);
            queue.push({ json, bytes: 3 });
            model.push(json);
          } else if (kind === 'pin') {
            const batch = queue.pin({ points: 4, bytes: 8 }).map(({ json }) => json);
            pinned = batch.length;
            expect(batch).toEqual(model.slice(0, 2));
          } else if (kind === 'confirm') {
            queue.removePinned();
            model.splice(0, pinned);
            pinned = 0;
          } else if (kind === 'release') {
            queue.unpin();
            pinned = 0;
          } else if (kind === 'drop') {
            expect(queue.dropOldest()?.json).toBe(model.splice(pinned, 1)[0]);
          }
          expect([queue.length, queue.bytes]).toEqual([model.length, model.length * 3]);
        }
        expect(queue.removeAll().map(({ json }) => json)).toEqual(model);
      }),
    );
  });
});
