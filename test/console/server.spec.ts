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
