import type { Socket } from 'node:net';
import { PassThrough, type TransformCallback } from 'node:stream';
import { drain, MAX_DRAINED_AT_ONCE, MAX_DRAINED_BYTES, MAX_DRAINED_BYTES_OF_OTHERS } from './drains';

const PIECE = Buffer.alloc(65_536);

/** Counts what it was sent, as a socket does. */
class Connection extends PassThrough {
  bytesRead = 0;

  override _transform(chunk: Buffer, encoding: BufferEncoding, done: TransformCallback): void {
    this.bytesRead += chunk.length;
    super._transform(chunk, encoding, done);
  }
}

const open: PassThrough[] = [];
afterEach(() => open.splice(0).forEach((stream) => stream.destroy()));

function begin(): PassThrough {
  const stream = new Connection();
  open.push(stream);
  drain(stream as unknown as Socket, stream);
  return stream;
}

/** Sends so many bytes, or as many as are taken before the stream is closed or read no more. */
async function send(stream: PassThrough, bytes: number): Promise<number> {
  let sent = 0;
  for (; sent < bytes && !stream.destroyed; sent += PIECE.length) {
    if (stream.write(PIECE)) continue;
    const isTaken = await new Promise<boolean>((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        stream.off('drain', settle).off('close', settle);
        resolve(!stream.destroyed && !stream.writableNeedDrain);
      };
      const timer = setTimeout(settle, 500);
      stream.on('drain', settle).on('close', settle);
    });
    if (!isTaken) break;
  }
  return sent;
}

it('takes in up to 64 MiB, and then reads no more', async () => {
  const stream = begin();
  const sent = await send(stream, 2 * MAX_DRAINED_BYTES);
  expect(sent).toBeGreaterThanOrEqual(MAX_DRAINED_BYTES);
  expect(sent).toBeLessThan(MAX_DRAINED_BYTES + 1_048_576);
  expect(stream.destroyed).toBe(false);
});

it('closes those that are beyond a number after 1 MiB, until others are done', async () => {
  const many = Array.from({ length: MAX_DRAINED_AT_ONCE }, begin);
  const other = begin();
  expect(await send(other, 8 * MAX_DRAINED_BYTES_OF_OTHERS)).toBeLessThan(2 * MAX_DRAINED_BYTES_OF_OTHERS);
  expect(other.destroyed).toBe(true);
  const first = many[0] as PassThrough;
  expect(await send(first, 2 * MAX_DRAINED_BYTES_OF_OTHERS)).toBe(2 * MAX_DRAINED_BYTES_OF_OTHERS);

  await new Promise((resolve) => first.once('close', resolve).destroy());
  const next = begin();
  expect(await send(next, 2 * MAX_DRAINED_BYTES_OF_OTHERS)).toBe(2 * MAX_DRAINED_BYTES_OF_OTHERS);
});

it('takes in what many send in turns: none waits until another is done', async () => {
  const streams = Array.from({ length: 40 }, begin);
  const taken = streams.map((stream) => {
    let count = 0;
    stream.on('data', () => (count += 1));
    return () => count;
  });
  let spread = 0;
  await Promise.all(
    streams.map(async (stream) => {
      await send(stream, 20 * PIECE.length);
      const counts = taken.map((count) => count());
      spread = Math.max(spread, Math.max(...counts) - Math.min(...counts));
    }),
  );
  expect(spread).toBeLessThanOrEqual(4);
});
