import { chooseAddresses } from './address-choice';

const V4 = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5'];
const V6 = ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8::4', '2001:db8::5'];
const [a, b, c, d] = V4;
const [k, l] = V6;

it.each([
  ['starts with the family of the first address', [...V6, ...V4], [k, a, l, b]],
  ['includes both families, however many addresses one has', [...V4, ...V6], [a, k, b, l]],
  ['fills up with the remaining addresses', [...V4, k], [a, k, b, c]],
  ['takes four of one family', V4, [a, b, c, d]],
  ['takes all of fewer than four', [k, a], [k, a]],
  ['takes none of none', [], []],
])('%s', (_promise, addresses, chosen) => {
  expect(chooseAddresses(addresses as string[])).toEqual(chosen);
});
