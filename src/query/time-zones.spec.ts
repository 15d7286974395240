import { isTimeZone, MAX_FORMATS, MAX_NAMES, offsetAt, timeZonesInMemory } from './time-zones';

const HOUR = 3_600_000;

/** A name with the letters in upper case whose bits are set. */
function spelling(name: string, bits: number): string {
  return [...name].map((letter, index) => ((bits >> index) & 1 ? letter.toUpperCase() : letter.toLowerCase())).join('');
}

const made = jest.spyOn(Intl, 'DateTimeFormat');
beforeEach(() => made.mockClear());
afterAll(() => made.mockRestore());

it('keeps one format for all spellings of a zone, with equal results', () => {
  const summer = Date.UTC(2024, 6, 1, 22, 30);
  for (let bits = 0; bits < 5000; bits++) {
    const zone = spelling('Europe/Berlin', bits);
    expect(isTimeZone(zone)).toBe(true);
    expect(offsetAt(summer, zone)).toBe(2 * HOUR);
  }
  expect(made).toHaveBeenCalledTimes(1);
});

it('keeps one format for a zone and its aliases', () => {
  const before = timeZonesInMemory().formats;
  const names = ['Asia/Calcutta', 'Asia/Kolkata', 'asia/KOLKATA'];
  expect(names.map((zone) => offsetAt(Date.UTC(2024, 0, 1), zone))).toEqual(Array(3).fill(5.5 * HOUR));
  expect(timeZonesInMemory().formats - before).toBeLessThanOrEqual(new Set(names.map(canonicalOf)).size);
});

it('keeps a bounded number of formats and names for any names', () => {
  const offsets = Array.from({ length: 1440 }, (_, minute) => {
    const digits = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    return [`+${digits}`, `-${digits}`];
  }).flat();
  const known = [...Intl.supportedValuesOf('timeZone'), ...offsets];
  for (const zone of known) isTimeZone(zone);
  for (let index = 0; index < 3000; index++) expect(isTimeZone(`Europe/Nowhere${index}`)).toBe(false);
  const { formats, names } = timeZonesInMemory();
  expect(formats).toBe(MAX_FORMATS);
  expect(names).toBeLessThanOrEqual(2 * MAX_NAMES);
  for (const zone of Intl.supportedValuesOf('timeZone'))
    expect(Math.abs(offsetAt(Date.UTC(2024, 0, 1, 12), zone))).toBeLessThanOrEqual(14 * HOUR);
  expect(timeZonesInMemory().formats).toBe(MAX_FORMATS);
});

it('calls Intl once for an unknown name, and never for a text that cannot be a name', () => {
  for (let bits = 0; bits < 100; bits++) expect(isTimeZone(spelling('Mars/Olympus', bits))).toBe(false);
  expect(made).toHaveBeenCalledTimes(1);
  const absurd = ['', ' ', 'Europe/Berlin ', 'Europe/Berlin\n', 'Évora', 'a'.repeat(65), 'x\0y', '🌍'];
  for (const name of absurd) expect(isTimeZone(name)).toBe(false);
  expect(made).toHaveBeenCalledTimes(1);
});

it.each(['UTC', 'utc', 'GMT', 'Etc/GMT+3', 'Etc/UTC', 'EST5EDT', 'America/Argentina/ComodRivadavia', 'GMT-0', 'PRC'])(
  'knows %s',
  (name) => expect(isTimeZone(name)).toBe(true),
);

it('accepts offsets if Node.js does', () => {
  for (const offset of ['+02:00', '-0330', '+14']) expect(isTimeZone(offset)).toBe(canonicalOf(offset) !== undefined);
});

function canonicalOf(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
