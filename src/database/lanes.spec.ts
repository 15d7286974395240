import { boundsOf, LaneCounts, LANES, type Lane } from './lanes';

describe('the connections of each kind of work', () => {
  it.each([
    [1, { keys: 1, writes: 1, queries: 1, writesAndQueries: 1 }],
    [2, { keys: 2, writes: 1, queries: 1, writesAndQueries: 1 }],
    [3, { keys: 3, writes: 1, queries: 1, writesAndQueries: 2 }],
    [10, { keys: 10, writes: 4, queries: 4, writesAndQueries: 8 }],
    [100, { keys: 100, writes: 40, queries: 40, writesAndQueries: 80 }],
  ])('of %i', (connections, bounds) => {
    expect(boundsOf(connections)).toEqual(bounds);
  });

  const flood = (counts: LaneCounts, lane: Lane, connections: number) => {
    let taken = 0;
    for (; counts.admits(lane, boundsOf(connections)); taken++) counts.add(lane);
    return taken;
  };

  it.each([2, 3, 4, 7, 10, 33])('leave some for key checks, whatever else is asked for (%i)', (connections) => {
    const counts = new LaneCounts();
    flood(counts, 'queries', connections);
    flood(counts, 'writes', connections);
    expect(flood(counts, 'keys', connections)).toBeGreaterThan(0);
  });

  it.each([3, 4, 7, 10, 33])('leave some for writes, whatever queries ask for (%i)', (connections) => {
    const counts = new LaneCounts();
    flood(counts, 'queries', connections);
    expect(flood(counts, 'writes', connections)).toBeGreaterThan(0);
  });

  it.each([1, 2, 3, 10])('are never more than there are, and are free again afterwards (%i)', (connections) => {
    const counts = new LaneCounts();
    const taken = LANES.map((lane) => [lane, flood(counts, lane, connections)] as const);
    expect(taken.reduce((sum, [, some]) => sum + some, 0)).toBeLessThanOrEqual(connections);
    for (const [lane, some] of taken) for (let left = some; left > 0; left--) counts.remove(lane);
    expect(flood(counts, 'keys', connections)).toBe(connections);
  });
});
