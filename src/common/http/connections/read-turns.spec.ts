import type { Connection } from './connection';
import { MAX_HELD_PER_TURN, ReadTurns } from './read-turns';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Connections that only record whether they are read. */
function connectionsOf(isQuiet: boolean, count: number) {
  return Array.from({ length: count }, () => {
    const connection = {
      isQuiet,
      isReading: true,
      isInPieces: false,
      parseInPieces: () => void (connection.isInPieces = true),
      waitForTurn: () => connection.isReading && !(connection.isReading = false),
      readAgain: () => void (connection.isReading = true),
    };
    return connection;
  });
}

describe('requests held back within a turn of the event loop', () => {
  afterEach(() => jest.restoreAllMocks());

  const readingOf = (list: readonly { isReading: boolean }[]) => list.filter(({ isReading }) => isReading).length;

  it('stop the reading of all connections at the bound, which is resumed a few per turn', async () => {
    const [quiet, others] = [connectionsOf(true, 20), connectionsOf(false, 9)];
    const turns = new ReadTurns([...quiet, ...others] as unknown as Connection[]);
    // On the real clock of a busy machine, the rest may be over before all quiet connections are read again.
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    for (let held = 1; held < MAX_HELD_PER_TURN; held++) turns.noteWork();
    expect([readingOf(quiet), readingOf(others)]).toEqual([20, 9]);
    turns.noteWork();
    expect([readingOf(quiet), readingOf(others)]).toEqual([0, 0]);
    clock.mockReturnValue(10);
    const seen: number[][] = [];
    while (readingOf(others) < 9) {
      await turn();
      const now = [readingOf(quiet), readingOf(others)];
      if (String(now) !== String(seen.at(-1))) seen.push(now);
      if (readingOf(quiet) === 20) clock.mockReturnValue(20);
    }
    expect(seen).toEqual([
      [16, 0],
      [20, 0],
      [20, 1],
      [20, 3],
      [20, 7],
      [20, 9],
    ]);
  });

  it('let connections that held requests back rest for as long as their requests took', async () => {
    const others = connectionsOf(false, 2);
    const turns = new ReadTurns(others as unknown as Connection[]);
    const spend = (millis: number) => {
      for (let held = 0; held < MAX_HELD_PER_TURN; held++) turns.noteWork();
      for (const end = performance.now() + millis; performance.now() < end;);
    };
    spend(50);
    const before = performance.now();
    while (readingOf(others) < 1) await turn();
    expect(performance.now() - before).toBeGreaterThanOrEqual(49);
  });

  it('count for one turn only', async () => {
    const others = connectionsOf(false, 3);
    const turns = new ReadTurns(others as unknown as Connection[]);
    for (let round = 0; round < 3; round++) {
      for (let held = 1; held < MAX_HELD_PER_TURN; held++) turns.noteWork();
      await turn();
    }
    expect(readingOf(others)).toBe(3);
  });

  it('pause again what continues while other connections still wait, and resume it at last', async () => {
    const others = connectionsOf(false, 12);
    const turns = new ReadTurns(others as unknown as Connection[]);
    for (let round = 0; round < 3; round++) {
      for (let held = 0; held < MAX_HELD_PER_TURN; held++) turns.noteWork();
      expect(readingOf(others)).toBe(0);
      while (readingOf(others) === 0) await turn();
      expect(readingOf(others)).toBe(1);
    }
    while (readingOf(others) < 12) await turn();
  });

  it('make all connections parse their input in pieces, also those that are opened in the next 10 s', async () => {
    const connections = connectionsOf(false, 3);
    const turns = new ReadTurns(connections as unknown as Connection[]);
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const areNewInPieces = () => {
      const [opened] = connectionsOf(false, 1);
      turns.noteOpened(opened as unknown as Connection);
      return opened?.isInPieces;
    };
    for (let held = 1; held < MAX_HELD_PER_TURN; held++) turns.noteWork();
    await turn();
    expect(connections.map(({ isInPieces }) => isInPieces)).toEqual([false, false, false]);
    expect(areNewInPieces()).toBe(false);
    for (let held = 1; held <= MAX_HELD_PER_TURN; held++) turns.noteWork();
    await turn();
    expect(connections.map(({ isInPieces }) => isInPieces)).toEqual([true, true, true]);
    clock.mockReturnValue(9_999);
    expect(areNewInPieces()).toBe(true);
    clock.mockReturnValue(10_000);
    expect(areNewInPieces()).toBe(false);
  });
});
