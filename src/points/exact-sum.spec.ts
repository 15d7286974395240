import fc from 'fast-check';
import { repetitions } from '../../test/support/repetitions';
import { ExactSum } from './exact-sum';

const SCALE = 1074n;

/** A double as a multiple of the smallest positive double. */
function exactly(value: number): bigint {
  const [bits = 0n] = new BigUint64Array(Float64Array.of(value).buffer);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & 0xfffffffffffffn;
  const size = exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n);
  return bits >> 63n ? -size : size;
}

/** The relative error of a double. */
function errorOf(value: number, exact: bigint): number {
  const distance = exactly(value) - exact;
  return exact === 0n ? Number(distance) : Math.abs(Number((distance * (1n << 80n)) / exact)) / 2 ** 80;
}

const numbers = fc.array(
  fc.oneof(
    fc.constantFrom(0.1, -0.1, 1e308, 1.7e308, -1.7e308, 1e-300, 3),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ),
  { minLength: 1, maxLength: 60 },
);

it('sums positive numbers to the last digits, in any parts, and computes their mean', () => {
  const property = fc.property(numbers, fc.nat(60), (given, cut) => {
    const values = given.map(Math.abs);
    const [sum, other] = [new ExactSum(), new ExactSum()];
    for (const [index, value] of values.entries()) (index < cut ? sum : other).addNumber(value);
    const { high, low } = other.storedSum();
    Object.assign(other, { high, low });
    sum.addSum(other);
    const exact = values.reduce((total, value) => total + exactly(value), 0n);
    const greatest = exactly(Number.MAX_VALUE);
    // Near the largest double, the result depends on rounding.
    const margin = greatest >> 50n;
    if (exact > greatest + margin) expect(sum.total).toBe(Infinity);
    else if (exact < greatest - margin) expect(errorOf(sum.total, exact)).toBeLessThan(4e-16);
    const mean = exact / BigInt(values.length);
    if (mean > 1n << (SCALE - 900n)) expect(errorOf(sum.dividedBy(values.length), mean)).toBeLessThan(8e-16);
  });
  fc.assert(property, { numRuns: repetitions(200, 2000) });
});

it('returns to a finite sum after an overflow', () => {
  const sum = new ExactSum();
  for (const value of [1e308, 1e308, -1e308]) sum.addNumber(value);
  expect(sum.total).toBe(1e308);
  for (const value of [-1e308, -1e308]) sum.addNumber(value);
  expect(sum.total).toBe(-1e308);
});

it('keeps digits that naive summation loses', () => {
  const sum = new ExactSum();
  for (const value of [1, 1e100, 1, -1e100]) sum.addNumber(value);
  expect(sum.total).toBe(2);
});
