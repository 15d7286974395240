import fc from 'fast-check';
import { isoTime } from './query-answer';

it('shows each time as Date does, whatever was shown before', () => {
  const near = fc.integer({ min: 1_700_000_000_000, max: 1_700_000_180_000 });
  const any = fc.integer({ min: 0, max: 8_640_000_000_000_000 });
  fc.assert(
    fc.property(fc.array(fc.oneof(near, any), { maxLength: 30 }), (times) => {
      expect(times.map((at) => isoTime(at))).toEqual(times.map((at) => new Date(at).toISOString()));
    }),
  );
});
