import fc from 'fast-check';
import { downtimeWithin, truncateAt, type Downtime } from './downtimes';

it.each<[string, Downtime[], number]>([
  ['none', [], 0],
  ['one within', [{ since: 20, until: 30 }], 10],
  [
    'one that begins before and one that ends after',
    [
      { since: 0, until: 15 },
      { since: 90, until: 200 },
    ],
    15,
  ],
  [
    'overlapping ones once',
    [
      { since: 20, until: 40 },
      { since: 30, until: 50 },
      { since: 25, until: 35 },
    ],
    30,
  ],
  [
    'none outside',
    [
      { since: 0, until: 10 },
      { since: 100, until: 110 },
    ],
    0,
  ],
])('counts %s', (_what, downtimes, total) => {
  expect(downtimeWithin(downtimes, 10, 100)).toBe(total);
});

const range = fc.tuple(fc.nat(60), fc.nat(60)).map(([since, length]) => ({ since, until: since + length }));

it('counts each moment of downtime once', () => {
  fc.assert(
    fc.property(fc.array(range), range, (downtimes, { since: from, until: to }) => {
      const covered = Array.from({ length: to - from }, (_, index) => from + index).filter((moment) =>
        downtimes.some(({ since, until }) => since <= moment && moment < until),
      );
      expect(downtimeWithin(downtimes, from, to)).toBe(covered.length);
    }),
  );
});

it('drops what lies in the future after the clock was set back', () => {
  const downtimes = [
    { since: 0, until: 10 },
    { since: 20, until: 40 },
    { since: 30, until: 50 },
  ];
  expect(truncateAt(downtimes, 30)).toEqual([
    { since: 0, until: 10 },
    { since: 20, until: 30 },
  ]);
});
