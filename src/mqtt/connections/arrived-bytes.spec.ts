import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { ArrivedBytes, RESUMED_PER_TURN, type ArrivedShare } from './arrived-bytes';

const CHUNK = 65_536;

class Connection {
  isReading = true;
  readonly share: ArrivedShare;

  constructor(bytes: ArrivedBytes, line: string) {
    this.share = bytes.join(line, { stop: () => (this.isReading = false), resume: () => (this.isReading = true) });
  }
}

function connect(bytes: ArrivedBytes, line: string, count: number): Connection[] {
  return Array.from({ length: count }, () => new Connection(bytes, line));
}

/** Lets connections be read again. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

const readingOf = (connections: readonly Connection[]) => connections.filter(({ isReading }) => isReading).length;

describe('bytes that wait for the server', () => {
  it('stop the reading of all connections of their rotation line, and of no other', async () => {
    const bytes = new ArrivedBytes(4 * CHUNK, 100 * CHUNK);
    const flood = connect(bytes, 'flood', 100);
    const others = connect(bytes, 'other', 10);
    let chunks = 0;
    for (const connection of flood) {
      if (!connection.isReading) continue;
      connection.share.hold(CHUNK);
      chunks += 1;
    }
    expect(chunks).toBe(5);
    await turns(20);
    expect(readingOf(flood)).toBe(0);
    expect(readingOf(others)).toBe(10);
  });

  it('let a few connections read again at a time once they are answered, those first that were stopped first', async () => {
    const bytes = new ArrivedBytes(CHUNK, 100 * CHUNK);
    const flood = connect(bytes, 'flood', 3 * RESUMED_PER_TURN);
    flood[0]?.share.hold(2 * CHUNK);
    expect(readingOf(flood)).toBe(0);
    flood[0]?.share.hold(0);
    await nextTurn();
    expect(flood.map(({ isReading }) => isReading)).toEqual(flood.map((_, index) => index < RESUMED_PER_TURN));
    await turns(4);
    expect(readingOf(flood)).toBe(flood.length);
  });

  it('leave a chunk to each rotation line when all of them use up what there is', () => {
    const bytes = new ArrivedBytes(10 * CHUNK, 20 * CHUNK);
    for (const line of ['a', 'b', 'c']) connect(bytes, line, 1)[0]?.share.hold(10 * CHUNK);
    const [late, second] = connect(bytes, 'late', 2);
    late?.share.hold(CHUNK);
    expect(second?.isReading).toBe(true);
    second?.share.hold(CHUNK);
    expect(second?.isReading).toBe(false);
  });

  it('do not stop a connection that has memory for its packet', () => {
    const bytes = new ArrivedBytes(CHUNK, 100 * CHUNK);
    const [flood, arriving] = connect(bytes, 'flood', 2);
    flood?.share.hold(2 * CHUNK);
    expect(arriving?.isReading).toBe(false);
    if (arriving) arriving.share.isExempt = true;
    expect(arriving?.isReading).toBe(true);
    flood?.share.hold(3 * CHUNK);
    expect(arriving?.isReading).toBe(true);
    if (arriving) arriving.share.isExempt = false;
    arriving?.share.hold(1);
    expect(arriving?.isReading).toBe(false);
  });

  it('are forgotten when all of them are answered or gone, and every connection is read', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(19), chunks: fc.nat(5), ends: fc.boolean(), isExempt: fc.boolean() }), {
          maxLength: 100,
        }),
        async (steps) => {
          const bytes = new ArrivedBytes(4 * CHUNK, 8 * CHUNK);
          const connections = ['a', 'b', 'c', 'd', 'e'].flatMap((line) => connect(bytes, line, 4));
          const gone = new Set<Connection>();
          for (const { at, chunks, ends, isExempt } of steps) {
            const connection = connections[at];
            if (!connection) continue;
            if (connection.isReading) connection.share.hold(chunks * CHUNK);
            connection.share.isExempt = isExempt;
            if (ends) {
              connection.share.leave();
              gone.add(connection);
            }
            if (chunks === 0) await nextTurn();
          }
          for (const { share } of connections) share.hold(0);
          await turns(5);
          expect(bytes.waiting).toBe(0);
          expect(connections.every((one) => gone.has(one) || one.isReading)).toBe(true);
        },
      ),
      { numRuns: 50 },
    ));
});
