import { MAX_SHARED_MILLIS, RequestCosts, SURELY_LONG_MILLIS } from './request-costs';

const weightsOf = (weights: Record<string, number>) => new Map(Object.entries(weights));

describe('the cost of requests by line', () => {
  it('is high for a line whose share of a commit was long, until one is short', () => {
    const costs = new RequestCosts();
    const areHigh = () => ['one', 'two', 'three'].map((line) => costs.areHigh(line));
    expect(areHigh()).toEqual([false, false, false]);
    costs.note(weightsOf({ one: 1, two: 1 }), 2 * SURELY_LONG_MILLIS + 1);
    expect(areHigh()).toEqual([true, true, false]);
    costs.note(weightsOf({ two: 5 }), MAX_SHARED_MILLIS);
    expect(areHigh()).toEqual([true, false, false]);
    costs.note(weightsOf({ one: 1 }), 1);
    expect(areHigh()).toEqual([false, false, false]);
  });

  it('is high after two commits that were hardly too long, not after one', () => {
    const costs = new RequestCosts();
    const noteOne = (millis: number) => costs.note(weightsOf({ one: 1 }), millis);
    noteOne(MAX_SHARED_MILLIS + 1);
    expect(costs.areHigh('one')).toBe(false);
    noteOne(MAX_SHARED_MILLIS);
    noteOne(MAX_SHARED_MILLIS + 1);
    expect(costs.areHigh('one')).toBe(false);
    noteOne(MAX_SHARED_MILLIS + 1);
    expect(costs.areHigh('one')).toBe(true);
  });

  it('is not high for a line that sent little with one that sent much', () => {
    const costs = new RequestCosts();
    costs.note(weightsOf({ much: 1000, little: 1 }), 10 * MAX_SHARED_MILLIS);
    expect([costs.areHigh('much'), costs.areHigh('little')]).toEqual([true, false]);
  });
});
