import { aboutOptions, idOfAbout } from '../../console/src/screens/audit/about';

const id = (digit: string) => digit.repeat(24);
const OPTIONS = aboutOptions({
  buckets: [{ _id: id('1'), name: 'Home' }],
  keys: [
    { _id: id('2'), name: 'Boiler', bucketId: id('1') },
    { _id: id('3'), name: 'Boiler', bucketId: id('1') },
    { _id: id('4'), name: 'Ops', bucketId: null },
  ],
  sources: [{ _id: id('5'), name: 'Boiler', bucketId: id('1') }],
  rules: [{ _id: id('6'), name: 'Too warm', bucketId: id('9') }],
});

it('names everything that events are about, each differently', () => {
  expect(OPTIONS.map(({ label }) => label)).toEqual([
    'Boiler (data source in Home)',
    'Boiler (key in Home) …222222',
    'Boiler (key in Home) …333333',
    'Home (bucket)',
    'Ops (key)',
    'Too warm (alert rule)',
  ]);
});

it.each([
  ['Home (bucket)', id('1')],
  [' home ', id('1')],
  ['boiler (key in home) …3', id('3')],
  ['boiler', undefined],
  [id('f').toUpperCase(), id('f')],
  ['cellar', undefined],
  ['', undefined],
])('takes %j for one of them, or for none', (text, expected) => {
  expect(idOfAbout(text, OPTIONS)).toBe(expected);
});
