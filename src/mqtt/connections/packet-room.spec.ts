import fc from 'fast-check';
import { AckQueue } from './ack-queue';
import { ConnectionTimes } from './connection-times';
import { PacketRoom } from './packet-room';

describe('the memory of packets', () => {
  const one = { organization: 'o', line: 'one' };
  const other = { organization: 'p', line: 'other' };
  const nothing = () => undefined;

  it('is exceeded by one packet at most, serves the connections of a line in their order, and is whole again in the end', () => {
    const requests = fc.array(
      fc.record({ bytes: fc.integer({ min: 1, max: 100 }), line: fc.nat(5), releases: fc.boolean() }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(requests, (steps) => {
        const room = new PacketRoom(400);
        const held: { bytes: number; line: number }[] = [];
        const served: number[] = [];
        const waiting: number[] = [];
        const callerOf = (line: number) => ({ organization: `o${line % 2}`, line: String(line) });
        const releaseFirst = () => {
          const first = held.shift();
          if (first) room.release(callerOf(first.line), first.bytes);
        };
        const sum = (of: typeof held) => of.reduce((total, { bytes }) => total + bytes, 0);
        for (const [number, { bytes, line, releases }] of steps.entries()) {
          const giveUp = room.request(callerOf(line), bytes, () => {
            served.push(number);
            held.push({ bytes, line });
          });
          if (giveUp) waiting.push(number);
          else held.push({ bytes, line });
          if (releases) releaseFirst();
          expect(sum(held)).toBeLessThan(500);
          for (let each = 0; each <= 5; each++)
            expect(sum(held.filter((packet) => packet.line === each))).toBeLessThan(200);
        }
        while (held.length > 0) releaseFirst();
        const inOrder = (numbers: readonly number[], line: number) => numbers.filter((at) => steps[at]?.line === line);
        for (let line = 0; line <= 5; line++) expect(inOrder(served, line)).toEqual(inOrder(waiting, line));
        expect(room.request(one, 100, nothing)).toBeUndefined();
      }),
    );
  });

  it('is not used up by one rotation line', () => {
    const room = new PacketRoom(400);
    const go = jest.fn();
    room.take(one, 101);
    expect([room.isOverdrawn(one), room.isOverdrawn(other)]).toEqual([true, false]);
    expect(room.request(one, 1, go)).toBeDefined();
    expect(room.request(other, 50, nothing)).toBeUndefined();
    room.release(one, 2);
    expect(go).toHaveBeenCalledTimes(1);
  });

  it('is left by a connection that gives up waiting', () => {
    const room = new PacketRoom(400);
    room.request(one, 100, nothing);
    const go = jest.fn();
    room.request(one, 50, go)?.();
    room.release(one, 100);
    expect(go).not.toHaveBeenCalled();
    expect(room.isOverdrawn(one)).toBe(false);
  });
});

it('sends acknowledgements in the order of their messages, however commits end', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8, maxLength: 8 }), (order) => {
      const sent: number[] = [];
      const queue = new AckQueue((bytes) => sent.push(bytes[0] ?? -1));
      const done = order.map(() => queue.add());
      for (const place of order) done[place]?.(place % 3 === 2 ? undefined : Buffer.from([place]));
      expect(sent).toEqual([0, 1, 3, 4, 6, 7]);
      expect(queue.size).toBe(0);
    }),
  );
});

describe('the times of a connection', () => {
  const reading = { unreadSince: undefined, isPaused: false };
  let now: number;
  beforeEach(() => (now = performance.now()));

  it('end one that does not send its key, does not read, does not complete a packet, or is silent', () => {
    const times = new ConnectionTimes();
    expect(times.fault(now + 9_000, reading, undefined)).toBeUndefined();
    expect(times.fault(now + 11_000, reading, undefined)).toBe('stalled');
    expect(times.fault(now + 31_000, { unreadSince: now, isPaused: true }, 0)).toBe('stalled');
    expect(times.fault(now + 14_000, reading, 10_000)).toBeUndefined();
    expect(times.fault(now + 16_000, reading, 10_000)).toBe('silent');
    expect(times.fault(now + 90_000_000, reading, 0)).toBeUndefined();
    times.notePacket(true);
    times.notePacket(true);
    expect(times.fault(now + 31_000, reading, 0)).toBe('cut short');
    times.notePacket(false);
    expect(times.fault(now + 31_000, reading, 0)).toBeUndefined();
  });

  it('do not count while the server itself does not read', () => {
    const times = new ConnectionTimes();
    times.notePacket(true);
    expect(times.fault(now + 90_000, { ...reading, isPaused: true }, 10_000)).toBeUndefined();
    expect(times.fault(now + 91_000, reading, 10_000)).toBeUndefined();
  });
});
