import { aligned, lastKnown, valueAt } from '../../console/src/chart/align';
import { moved, pinched, scaled } from '../../console/src/chart/ranges';
import { axisCountOf, scalesOf } from '../../console/src/chart/scales';
import { colorIndexOf, dashOf, type ChartSeries } from '../../console/src/chart/series';
import { thinned } from '../../console/src/chart/thin';
import { timeTicks } from '../../console/src/chart/ticks';

const series = (
  id: string,
  times: number[],
  values: (number | null)[],
  more: Partial<ChartSeries> = {},
): ChartSeries => ({
  id,
  label: id,
  times,
  values,
  ...more,
});

describe('thinned', () => {
  const times = Array.from({ length: 10_000 }, (_, index) => index * 1000);

  it('leaves a short series alone', () => {
    const short = series('a', [1, 2, 3], [1, null, 3]);
    expect(thinned(short, 3)).toBe(short);
  });

  it('keeps the mean of all points, and every spike in the band', () => {
    const values = times.map((_, index) => (index === 4321 ? 500 : index % 2));
    const thin = thinned(series('a', times, values), 500);
    expect(thin.times).toHaveLength(500);
    expect(Math.max(...(thin.high ?? []).map((value) => value ?? 0))).toBe(500);
    expect(Math.min(...(thin.low ?? []).map((value) => value ?? 0))).toBe(0);
    const mean = (list: readonly (number | null)[]) =>
      list.reduce<number>((sum, value) => sum + (value ?? 0), 0) / list.length;
    expect(mean(thin.values)).toBeCloseTo(mean(values), 8);
    expect(thin.times.every((time, index) => index === 0 || time > (thin.times[index - 1] ?? 0))).toBe(true);
  });

  it('takes the band of a series that has one', () => {
    const one = series(
      'a',
      times,
      times.map(() => 5),
      { low: times.map(() => 1), high: times.map(() => 9) },
    );
    const { low, high, values } = thinned(one, 100);
    expect([new Set(low), new Set(values), new Set(high)]).toEqual([new Set([1]), new Set([5]), new Set([9])]);
  });

  it('keeps a long gap, and closes none', () => {
    const values = times.map((_, index) => (index >= 3000 && index < 6000 ? null : 1));
    const { values: thin } = thinned(series('a', times, values), 100);
    expect(thin.filter((value) => value === null)).toHaveLength(30);
  });
});

describe('aligned', () => {
  it('takes over the times of series that are alike', () => {
    const [one, other] = [series('a', [1, 2], [10, 20]), series('b', [1, 2], [30, null])];
    expect(aligned([one, other])).toEqual({
      times: [1, 2],
      columns: [
        { values: [10, 20], low: undefined, high: undefined },
        { values: [30, null], low: undefined, high: undefined },
      ],
    });
  });

  it('puts other times in order, and leaves out what a series does not say there', () => {
    const { times, columns } = aligned([series('a', [1, 4], [10, null]), series('b', [2, 4], [20, 40])]);
    expect(times).toEqual([1, 2, 4]);
    expect(columns.map(({ values }) => values)).toEqual([
      [10, undefined, null],
      [undefined, 20, 40],
    ]);
  });

  it('draws at most about 2000 points, however many there are', () => {
    const times = Array.from({ length: 50_000 }, (_, index) => index);
    const many = [1, 2, 3, 4].map((id) => series(String(id), times, times));
    const { columns } = aligned(many);
    const drawn = columns.flatMap(({ values }) => values.filter((value) => value !== undefined));
    expect(drawn.length).toBeLessThanOrEqual(2000);
    expect(drawn.length).toBeGreaterThan(1000);
  });

  it('reads a value through what other series say, but not through a gap', () => {
    expect([0, 1, 2, 3].map((index) => valueAt([5, undefined, null, undefined], index))).toEqual([5, 5, null, null]);
    expect(valueAt([undefined, 1], 0)).toBeNull();
    expect(lastKnown([1, 2, null, undefined])).toBe(2);
    expect(lastKnown([null])).toBeNull();
  });
});

describe('scalesOf', () => {
  const many = [
    series('t1', [], [], { unit: '°C' }),
    series('t2', [], [], { unit: '°C' }),
    series('h', [], [], { unit: '%' }),
  ];

  it.each([
    ['unit', [['t1', 't2'], ['h']]],
    ['own', [['t1'], ['t2'], ['h']]],
    ['shared', [['t1', 't2', 'h']]],
  ] as const)('gives axes by %s', (choice, expected) => {
    expect(scalesOf(many, choice).map(({ seriesIds }) => seriesIds)).toEqual(expected);
  });

  it('compares on the same axis', () => {
    const pair = [
      series('now', [], [], { unit: 'W', color: 0 }),
      series('before', [], [], { unit: 'W', color: 0, isDimmed: true }),
    ];
    expect(scalesOf(pair, 'own')).toHaveLength(1);
  });
});

it('dashes lines from the fourth color on, each in another way', () => {
  const dashes = [0, 1, 2, 3, 4, 5].map(dashOf);
  expect(dashes.slice(0, 3)).toEqual([[], [], []]);
  expect(new Set(dashes.slice(3).map(String)).size).toBe(3);
  expect([colorIndexOf({}, 7), colorIndexOf({ color: 2 }, 7)]).toEqual([1, 2]);
});

it('tells further lines of a color apart by their dashes', () => {
  const ofOneColor = [1, 7, 13, 19].map((place) => [colorIndexOf({ color: place }, 0), ...dashOf(place)].join(' '));
  expect(new Set(ofOneColor).size).toBe(4);
});

it('has fewer axes where they would leave no room for lines', () => {
  const five = {
    scales: scalesOf(
      ['a', 'b', 'c', 'd', 'e'].map((id) => series(id, [], [], { unit: id })),
      'unit',
    ),
  };
  expect([330, 700, 1200].map((width) => axisCountOf(five, width))).toEqual([2, 4, 5]);
  expect(axisCountOf({ scales: five.scales.slice(0, 1) }, 330)).toBe(1);
});

describe('timeTicks', () => {
  const at = (...texts: string[]) => texts.map((text) => Date.parse(text));

  it('has 24 hours, in the zone, and the date where it changes', () => {
    const times = at('2026-03-28T22:00Z', '2026-03-28T23:00Z', '2026-03-29T01:00Z');
    expect(timeTicks(times, 3_600_000, 'Europe/Berlin')).toEqual(['23:00\n28 Mar', '00:00\n29 Mar', '03:00']);
    expect(timeTicks(times, 3_600_000, 'UTC')).toEqual(['22:00\n28 Mar', '23:00', '01:00\n29 Mar']);
  });

  it.each([
    [1000, '12:00:01\n5 Jan'],
    [86_400_000, '5 Jan\n2026'],
    [31 * 86_400_000, 'Jan\n2026'],
    [366 * 86_400_000, '2026'],
  ])('has what a step of %d ms needs', (step, text) => {
    expect(timeTicks(at('2026-01-05T12:00:01Z'), step, 'UTC')).toEqual([text]);
  });
});

describe('ranges', () => {
  const range = { from: 1000, to: 11_000 };

  it('are moved by a time', () => {
    expect(moved(range, -500.4)).toEqual({ from: 500, to: 10_500 });
  });

  it('are scaled around a time that stays where it is', () => {
    expect(scaled(range, 0.5, 6000)).toEqual({ from: 3500, to: 8500 });
    expect(scaled(range, 2, 1000)).toEqual({ from: 1000, to: 21_000 });
  });

  it('are never shorter than a second', () => {
    expect(scaled(range, 1e-9, 6000)).toEqual({ from: 5500, to: 6500 });
  });

  it('follow two fingers', () => {
    // What was at 25 and 75 of 100 pixels is at 0 and 100.
    expect(pinched(range, [25, 75], [0, 100], 100)).toEqual({ from: 3500, to: 8500 });
    // Both fingers move right by a tenth.
    expect(pinched(range, [25, 75], [35, 85], 100)).toEqual({ from: 0, to: 10_000 });
  });
});
