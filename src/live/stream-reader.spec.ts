import { formatFor } from './stream-format';
import { Channel, encode } from './channel';
import { StreamReader } from './stream-reader';
import type { LeanResponse } from '../common/http/lean-messages';
import type { StreamPoint } from './live-points';

const WRITE_MILLIS = 1;
const filter = { bucketId: 'b', sourceIds: undefined, fields: undefined, metadata: undefined };

/** A response whose client takes everything, while each write blocks for a millisecond. */
function slowResponse(state: { written: number }) {
  return {
    writableLength: 0,
    socket: null,
    write: () => {
      for (const end = performance.now() + WRITE_MILLIS; performance.now() < end;);
      state.written += 1;
      return true;
    },
  } as unknown as LeanResponse;
}

it('sends to many streams in several turns of the event loop, and keeps nothing in the end', async () => {
  const channel = new Channel(filter, formatFor(undefined));
  const state = { written: 0 };
  for (let index = 0; index < 50; index++)
    new StreamReader({ keyId: `k${index % 3}`, address: 'a' }, channel, slowResponse(state)).join('');
  const row = { dataSourceId: 's', timestamp: new Date(0), values: { a: 1 } };
  const points = [{ position: { seq: 1, atMillis: 1 }, row } as unknown as StreamPoint];
  channel.publish([...channel.write(points)].map(encode));
  channel.send();
  const inTurns = [state.written];
  while (state.written < 50) {
    await new Promise((resolve) => setImmediate(resolve));
    inTurns.push(state.written - inTurns.reduce((sum, written) => sum + written, 0));
  }
  // 4 ms in a turn, and the write in which they end.
  expect(Math.max(...inTurns)).toBeLessThanOrEqual(5);
  // What every client has is dropped soon after the last write.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(channel.waitingBytes).toBe(0);
  expect([...channel.readers].every((reader) => reader.next === channel.end)).toBe(true);
  expect(state.written).toBe(50);
});
