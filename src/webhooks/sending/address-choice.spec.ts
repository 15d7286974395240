import { chooseAddresses } from './address-choice';

const V4 = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5'];
const V6 = ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8::4', '2001:db8::5'];
const [a, b, c, d] = V4;
const [k, l] = V6;

it.each([
  ['begins with the kind of the first', [...V6, ...V4], [k, a, l, b]],
  ['leaves neither kind out, however many there are of the other', [...V4, ...V6], [a, k, b, l]],
  ['fills up with what there is', [...V4, k], [a, k, b, c]],
  ['takes four of one kind', V4, [a, b, c, d]],
  ['takes what there is', [k, a], [k, a]],
  ['takes nothing of nothing', [], []],
])('%s', (_promise, addresses, chosen) => {
  expect(chooseAddresses(addresses as string[])).toEqual(chosen);
});
