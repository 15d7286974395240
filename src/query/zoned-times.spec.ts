import fc from 'fast-check';
import { timesIn } from './zoned-times';

const END_OF_TIME = 253_402_300_800_000;

it.each([
  ['Europe/Berlin', '2026-07-01T00:00:00.000+02:00'],
  ['Europe/Berlin', '2026-01-01T00:00:00.000+01:00'],
  ['Europe/London', '2026-01-01T00:00:00.000+00:00'],
  ['America/St_Johns', '2026-01-01T00:00:00.123-03:30'],
  ['Asia/Kathmandu', '2026-01-01T00:00:00.000+05:45'],
  ['UTC', '2026-01-01T00:00:00.000Z'],
])('shows times in %s as %s', (zone, shown) => expect(timesIn(zone)(Date.parse(shown))).toBe(shown));

it('rounds an offset with seconds, and keeps the instant', () => {
  // Until 1972 the clock of Monrovia was 44 minutes and 30 seconds behind.
  const at = Date.parse('1971-01-01T12:00:00.000Z');
  const shown = timesIn('Africa/Monrovia')(at);
  expect(shown).toMatch(/^1971-01-01T11:1[56]:00\.000-00:4[45]$/);
  expect(Date.parse(String(shown))).toBe(at);
});

it('shows each time as the same instant, in every zone', () => {
  const zones = fc.constantFrom('Europe/Berlin', 'Pacific/Kiritimati', 'America/Anchorage', 'Africa/Monrovia', 'UTC');
  fc.assert(
    fc.property(zones, fc.integer({ min: 0, max: END_OF_TIME - 1 }), (zone, at) => {
      const shown = String(timesIn(zone)(at));
      expect(Date.parse(shown)).toBe(at);
      expect(shown).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$/);
    }),
  );
});
