import { inMillis } from '../../console/src/lib/times';
import { delayStateOf } from '../../console/src/screens/server/delay';
import { filterSettings } from '../../console/src/screens/server/settings-filter';

const SETTINGS = [
  { name: 'PORT', value: '8080', source: 'environment', about: 'TCP port to listen on' },
  { name: 'HOST', value: '0.0.0.0', source: 'default', about: 'Address to listen on' },
  { name: 'DAKKIO_KEY_PEPPER', value: null, source: 'default', about: 'Pepper for hashing keys' },
];
const found = (q: string, isSetOnly = false) => filterSettings(SETTINGS, { q, isSetOnly }).map(({ name }) => name);

it.each([
  ['', ['PORT', 'HOST', 'DAKKIO_KEY_PEPPER']],
  ['listen on', ['PORT', 'HOST']],
  ['pepper hashing', ['DAKKIO_KEY_PEPPER']],
  ['8080', ['PORT']],
  ['nothing of this', []],
])('finds settings by %p', (q, names) => expect(found(q)).toEqual(names));

it('finds those that were set', () => expect(found('listen', true)).toEqual(['PORT']));

it.each([
  [20, 3600, 'quick'],
  [50, 3600, 'busy'],
  [200, 3600, 'slow'],
  [20, 40, 'quick'],
  // Starting is work that is over.
  [900, 40, 'just started'],
])('says of a delay of %s ms, %s s after the start: %s', (p99Millis, uptimeSeconds, word) => {
  const eventLoop = { seconds: Math.min(60, uptimeSeconds - 2), p50Millis: 0, p99Millis, maxMillis: 1000 };
  expect(delayStateOf({ eventLoop, uptimeSeconds }).word).toBe(word);
});

it.each([
  [0.27, '0.3\u202fms'],
  [9.96, '10\u202fms'],
  [1234.5, '1,235\u202fms'],
])('shows %s as %s', (millis, text) => expect(inMillis(millis)).toBe(text));
