import type { Field } from '../../../sources/schema';
import type { Cursor } from './cursor';
import { readNumberWords, SCALE_WORDS } from './number-words';
import type { ParseErrors } from './parse-errors';
import type { Draft } from './suggestions';
import type { Token } from './tokens';
import { readUnit, unitNamed, type WrittenUnit } from './unit-reader';

/** Multipliers, for fields without a unit. People write `K` for `k`. */
const MULTIPLIERS: Readonly<Record<string, readonly [power: number, times: number]>> = {
  ...{ k: [3, 1], K: [3, 1], M: [6, 1], G: [9, 1], T: [12, 1] },
  ...{ Ki: [0, 1024], Mi: [0, 1024 ** 2], Gi: [0, 1024 ** 3], Ti: [0, 1024 ** 4] },
};
const IN_ANY_CASE = new Set(Object.keys(MULTIPLIERS).map((name) => name.toLowerCase()));
const NO_SCALE = [0, 1] as const;
const MAX_NUMBER = String(Number.MAX_VALUE);

/** Whether a number follows, in digits or in words. */
export function isNumberNext(cursor: Cursor): boolean {
  const start = cursor.index;
  takeSign(cursor);
  const isNext = isNumber(cursor.token) || readNumberWords(cursor) !== undefined;
  cursor.index = start;
  return isNext;
}

/** Reads a number with its unit and converts it to the unit of a field. No token is ignored. */
export class NumberReader {
  /** Whether the last number had neither unit nor multiplier. */
  private isPlain = false;
  private isScaled = false;

  constructor(
    private readonly cursor: Cursor,
    private readonly errors: ParseErrors,
  ) {}

  /**
   * Reads the upper bound of a range.
   *
   * @throws ConditionError for `5 to 10 kW`, where the unit of the 5 is not clear
   */
  readUpper(field: Field, draft: Draft, low: number): number {
    const { at } = this.cursor;
    const isLowBare = this.isPlain;
    const high = this.read(field, draft);
    if (!isLowBare || low === 0 || !this.isScaled) return high;
    const expected = 'expected a unit or multiplier after both numbers or after neither';
    throw this.errors.unexpected(expected, { words: [String(high)], draft, at });
  }

  /** @throws ConditionError for text that is not a number, and for a unit that cannot be converted to the field's */
  read(field: Field, draft: Draft): number {
    const { cursor, errors } = this;
    const { at } = cursor;
    const sign = takeSign(cursor);
    const digits = this.digits(draft);
    const behindDigits = cursor.index;
    const [power, times] = this.multiplier(field, draft);
    const unit = this.unit(field, draft);
    const own = field.unit === undefined ? undefined : unitNamed(field.unit);
    const isConverted = unit?.unit !== undefined && own !== undefined && unit.unit.base === own.base;
    const [unitPower, ratio] = isConverted ? [unit.unit.power - own.power, unit.unit.times / own.times] : NO_SCALE;
    const value = sign * shifted(digits, power + unitPower) * times * ratio;
    this.isPlain = cursor.index === behindDigits;
    this.isScaled = power + unitPower !== 0 || times * ratio !== 1;
    if (Number.isFinite(value)) return value + 0;
    throw errors.unexpected('expected a number in the range of a 64-bit float', { words: [MAX_NUMBER], draft, at });
  }

  /** The digits of a number that is written in digits or in words. */
  private digits(draft: Draft): string {
    const { cursor, errors } = this;
    const { token } = cursor;
    if (token?.kind !== 'number') {
      const value = readNumberWords(cursor);
      if (value === undefined) throw errors.number(draft);
      return String(value);
    }
    const [comma, behind] = [cursor.peek(1), cursor.peek(2)];
    // 1,500 is 1500 in English and 1.5 in many other languages.
    if (comma?.kind === 'comma' && comma.at === token.end && behind?.at === comma.end) throw this.hasCommas(draft);
    cursor.index += 1;
    return token.text;
  }

  /** The error for a number with commas, such as `1,500`. */
  private hasCommas(draft: Draft): Error {
    const { cursor, errors } = this;
    let digits = '';
    let count = 0;
    for (; ; count++) {
      const token = cursor.peek(count);
      if (token?.kind === 'number') digits += token.text;
      else if (token?.kind !== 'comma') break;
    }
    const value = Number(digits);
    const words = Number.isFinite(value) ? [digits] : [];
    const at = errors.places.tokens(count);
    const meant = Number.isFinite(value) ? { relation: 'gt' as const, ...draft, value } : draft;
    return errors.unexpected('expected a number without commas, such as 1500 or 1.5', { words, draft: meant, at });
  }

  private multiplier(field: Field, draft: Draft): readonly [power: number, times: number] {
    const { cursor } = this;
    let power = 0;
    for (
      let word = cursor.token?.word;
      word !== undefined && cursor.token?.kind === 'word';
      word = cursor.token?.word
    ) {
      if (!Object.hasOwn(SCALE_WORDS, word)) break;
      power += SCALE_WORDS[word] ?? 0;
      cursor.index += 1;
    }
    const { token } = cursor;
    if (token?.kind !== 'word' || !IN_ANY_CASE.has(token.word)) return [power, 1];
    const [more, times] = Object.hasOwn(MULTIPLIERS, token.text) ? (MULTIPLIERS[token.text] ?? NO_SCALE) : NO_SCALE;
    const isExact = times !== 1 || more !== 0;
    if (hasUnit(field)) {
      // In `10k rpm` the k multiplies, unless it is the unit of the field in exactly these letters.
      const unit = readUnit(cursor, field.unit);
      if (unit?.isExact && unit.unit?.base === unitNamed(field.unit ?? '')?.base) return [power, 1];
      cursor.index += 1;
      const isUnitNext = isExact && readUnit(cursor, field.unit) !== undefined;
      if (isUnitNext) return [power + more, times];
      cursor.index -= 1;
      if (!unit || isExact) throw this.errors.unit(field, token.text, this.errors.places.next(), draft);
      return [power, 1];
    }
    if (!isExact)
      throw this.errors.unexpected(
        'expected a number without a suffix, or with k, M, G, T, Ki, Mi, Gi or Ti (case-sensitive)',
        { words: Object.keys(MULTIPLIERS), draft },
      );
    cursor.index += 1;
    return [power + more, times];
  }

  private unit(field: Field, draft: Draft): WrittenUnit | undefined {
    const { cursor, errors } = this;
    const unit = readUnit(cursor, hasUnit(field) ? field.unit : undefined);
    if (!unit) return undefined;
    const { index } = cursor;
    const at = errors.places.tokens(unit.length);
    const text = cursor.slice(index, index + unit.length);
    if (!hasUnit(field)) {
      const isPlain = unit.unit?.power === 0 && unit.unit.times === 1 && unit.isAmbiguous !== true;
      if (!isPlain) throw errors.noUnit(field, cursor.slice(index - 1, index + unit.length), at, draft);
    } else if (!this.isRight(unit, unitNamed(field.unit ?? '')?.base)) throw errors.unit(field, text, at, draft);
    cursor.index += unit.length;
    return unit;
  }

  /** `degrees` takes the scale of the field. A unit that is known only from the field has no base. */
  private isRight({ unit, isAmbiguous }: WrittenUnit, own: string | undefined): boolean {
    if (isAmbiguous) return false;
    if (unit?.base === own) return true;
    return unit?.base === '°' && own !== undefined && DEGREES.has(own);
  }
}

const DEGREES = new Set(['°C', '°F', 'K', '°']);

function hasUnit({ unit }: Field): boolean {
  return unit !== undefined && unit !== '';
}

function isNumber(token: Token | undefined): boolean {
  return token?.kind === 'number';
}

function takeSign(cursor: Cursor): 1 | -1 {
  if (cursor.accept('minus') || cursor.accept('negative') || cursor.accept('-')) return -1;
  if (!cursor.accept('plus')) cursor.accept('+');
  return 1;
}

/** A number times a power of ten, without rounding errors: 5.1 × 10^3 is 5100. */
function shifted(digits: string, power: number): number {
  const [mantissa = '', exponent = '0'] = digits.toLowerCase().split('e');
  return Number(`${mantissa}e${Number(exponent) + power}`);
}
