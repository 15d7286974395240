import { MergedGroup } from '../../src/influxql/merged-group';
import { FieldGroup } from '../../src/query/aggregations';

function groupOf(points: readonly (readonly [at: number, value: number])[], keepsEach = false): FieldGroup {
  const group = new FieldGroup(keepsEach);
  for (const [at, value] of points) group.add({ at, meta: 0 }, value);
  return group;
}

function merged(...groups: readonly FieldGroup[]): MergedGroup {
  const all = new MergedGroup();
  for (const group of groups) all.merge(group);
  return all;
}

describe('A merged group', () => {
  it('has the values of all data sources', () => {
    const { summary, values } = merged(groupOf([[10, 1]], true), groupOf([[5, 7]], true), groupOf([[20, 4]], true));
    expect([summary.n, summary.total, summary.min, summary.max, [...values].sort()]).toEqual([3, 12, 1, 7, [1, 4, 7]]);
  });

  it('has the first and the last value in the order of times', () => {
    const { first, last } = merged(groupOf([[10, 1]]), groupOf([[20, 4]]), groupOf([[5, 7]]));
    expect([first, last]).toEqual([7, 4]);
  });

  it('takes the larger of several values of one time, whichever comes first', () => {
    const [low, high] = [groupOf([[10, 1]]), groupOf([[10, 2]])];
    for (const { first, last } of [merged(low, high), merged(high, low)]) expect([first, last]).toEqual([2, 2]);
  });

  it('keeps no values of its own if the groups keep none', () => {
    expect(merged(groupOf([[10, 1]]), groupOf([[11, 2]])).values).toEqual([]);
  });
});
