import { PagePace } from './page-pace';

const SLOW = 5;
const QUICK = 0.1;
const BETWEEN = 1.5;

function sizesOf(first: number, most: number, millis: readonly number[]): number[] {
  const pace = new PagePace(first, most);
  return millis.map((took) => {
    pace.took(took);
    return pace.now;
  });
}

it('doubles the size of fast pages, up to the maximum', () => {
  expect(sizesOf(2, 10, [QUICK, QUICK, QUICK, QUICK])).toEqual([4, 8, 10, 10]);
});

it('halves the size of slow pages, down to eight rows', () => {
  expect(sizesOf(40, 100, [SLOW, SLOW, SLOW, SLOW])).toEqual([20, 10, 8, 8]);
});

it('never increases the size of a slow page', () => {
  expect(sizesOf(2, 100, [SLOW, QUICK, SLOW])).toEqual([2, 4, 4]);
});

it('keeps the size of pages that take between one and two milliseconds', () => {
  expect(sizesOf(20, 100, [BETWEEN, BETWEEN])).toEqual([20, 20]);
});

it('starts with at least one row and at most the maximum', () => {
  expect(new PagePace(0, 10).now).toBe(1);
  expect(new PagePace(50, 10).now).toBe(10);
});
