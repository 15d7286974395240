import fc from 'fast-check';
import { AckQueue } from './ack-queue';
import { ConnectionTimes } from './connection-times';
import { PacketRoom } from './packet-room';

describe('the memory of packets', () => {
  it('is never given out twice, serves waiting connections in their order, and is whole again in the end', () => {
    const requests = fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(requests, (steps) => {
        const room = new PacketRoom(100);
        const held: number[] = [];
        const served: number[] = [];
        const waiting: number[] = [];
        for (const [number, [bytes, releases]] of steps.entries()) {
          const giveUp = room.request(bytes, () => {
            served.push(number);
            held.push(bytes);
          });
          if (giveUp) waiting.push(number);
          else held.push(bytes);
          if (releases) room.release(held.shift() ?? 0);
          expect(held.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(100);
        }
        while (held.length > 0) room.release(held.shift() ?? 0);
        expect(served).toEqual(waiting);
        expect(room.request(100, () => undefined)).toBeUndefined();
      }),
    );
  });

  it('is left by a connection that gives up waiting', () => {
    const room = new PacketRoom(100);
    room.request(100, () => undefined);
    const go = jest.fn();
    room.request(50, go)?.();
    room.release(100);
    expect(go).not.toHaveBeenCalled();
    expect(room.isOverdrawn).toBe(false);
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
  const now = performance.now();

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
