import { barsOf, dayName } from '../../console/src/lib/day-bars';
import { endingKeys, failedCount, newestFirst, silentSources } from '../../console/src/screens/overview/attention';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const HOUR = 3_600_000;
const ago = (hours: number) => new Date(NOW - hours * HOUR).toISOString();
const source = (name: string, lastDataAt: string | null) => ({ name, stats: { lastDataAt } });
const namesOf = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name);

it('takes data sources for silent that sent nothing for a day, the longest silence first', () => {
  const sources = [
    ...[source('now', ago(0)), source('nearly', ago(23.9)), source('a day', ago(24)), source('long', ago(900))],
    ...[source('never', null), { name: 'unknown' }, source('also long', ago(900))],
  ];
  expect(namesOf(silentSources(sources, NOW))).toEqual(['also long', 'long', 'a day']);
});

it('names keys that end within two weeks, the soonest first, but none that was rotated or has ended', () => {
  const key = (name: string, hours: number, more = {}) => ({ name, expiresAt: ago(-hours), ...more });
  const keys: { name: string; expiresAt?: string; replacedBy?: string }[] = [
    ...[key('in two weeks', 24 * 14), key('later', 24 * 14 + 1), key('soon', 1), key('over', -1)],
    ...[key('rotated', 2, { replacedBy: 'x' }), { name: 'without an end' }],
  ];
  expect(namesOf(endingKeys(keys, NOW))).toEqual(['soon', 'in two weeks']);
});

it('counts messages that were given up, or rules that cannot reach their webhook, whichever are more', () => {
  const count = (failing: number, switchedOff: number, deliveriesFailedLast24h: number) =>
    failedCount({ webhooks: { failing, switchedOff, deliveriesFailedLast24h } });
  expect([count(0, 0, 0), count(1, 1, 0), count(1, 0, 5)]).toEqual([0, 2, 5]);
});

it('sorts buckets by their newest point, and those without any by name at the end', () => {
  const buckets = [source('b', null), source('old', ago(5)), source('new', ago(1)), source('a', null)];
  expect(namesOf(newestFirst(buckets))).toEqual(['new', 'old', 'a', 'b']);
});

describe('Bars of days', () => {
  const days = [
    { day: '2026-11-26', count: 0 },
    { day: '2026-11-27', count: 1 },
    { day: '2026-11-28', count: 1000 },
  ];

  it('are as high as their share of the most, but seen where there is anything', () => {
    const { bars, most } = barsOf(days, 100);
    expect(bars.map(({ height, isToday }) => [height, isToday])).toEqual([
      [0, false],
      [1.5, false],
      [100, true],
    ]);
    expect(most).toEqual({ day: '2026-11-28', count: 1000 });
  });

  it('have the mean of the days that are over', () => expect(barsOf(days, 100).mean).toBe(1));

  it('stand for nothing without days, and for days without points', () => {
    expect(barsOf([], 100)).toEqual({ bars: [], most: { day: '', count: 0 }, mean: 0 });
    expect(barsOf([{ day: '2026-11-28', count: 0 }], 100).bars).toMatchObject([{ height: 0 }]);
  });

  it('are named in few letters', () => expect(dayName('2026-11-08')).toBe('8 Nov'));
});
