import * as fc from 'fast-check';
import { pointIdOf } from './point-ids';

const digits = (number: number, count: number) => number.toString(16).padStart(count, '0');

it('a point id is the time, the source and the metadata in hexadecimal digits', () => {
  const most = { at: 253_402_300_799_999, small: 0x7fffffff };
  fc.assert(
    fc.property(fc.nat(most.at), fc.nat(most.small), fc.nat(most.small), (at, source, meta) => {
      expect(pointIdOf(source, { at, meta })).toBe(digits(at, 12) + digits(source, 6) + digits(meta, 6));
    }),
  );
  expect(pointIdOf(1, { at: 0, meta: 0xffffff })).toBe('000000000000000001ffffff');
});
