import { newKeyText } from '../api-keys/key-text';
import { checkedName } from './command';

it.each(['Ops laptop', 'נתונים', 'é'.normalize('NFD')])('takes the name %j, in NFC', (name) =>
  expect(checkedName(name, '--name')).toBe(name.normalize('NFC')),
);

it.each([
  ['', '--name must have 1 to 100 characters, and no control characters'],
  ['\u200b\u3164', '--name must have 1 to 100 characters, and no control characters'],
  ['a\u0007', '--name must have 1 to 100 characters, and no control characters'],
  ['a\u202eb', '--name must not contain characters that change the direction of text'],
  [`for ${newKeyText('admin')}`, '--name must not contain an API key'],
])('refuses the name %j', (name, said) => expect(() => checkedName(name, '--name')).toThrow(said));
