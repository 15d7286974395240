import { MAX_SHARED_MILLIS, RequestCosts } from './request-costs';

describe('the cost of requests by line', () => {
  it('is high after a long commit for each line that shared it, until a short one', () => {
    const costs = new RequestCosts();
    expect(costs.areHigh('one')).toBe(false);
    costs.note(['one', 'two'], MAX_SHARED_MILLIS + 1);
    expect([costs.areHigh('one'), costs.areHigh('two'), costs.areHigh('three')]).toEqual([...[true, true, false]]);
    costs.note(['two'], MAX_SHARED_MILLIS);
    expect([costs.areHigh('one'), costs.areHigh('two')]).toEqual([true, false]);
    costs.note(['one'], 1);
    expect(costs.areHigh('one')).toBe(false);
  });
});
