import type { Cursor } from './cursor';
import { tokensOf, type Token } from './tokens';
import { spellingsFrom, type Unit, type UnitSpelling } from './units';

/** A unit that was written behind a number. */
export interface WrittenUnit {
  /** How many tokens it takes. */
  readonly length: number;
  /** Undefined for the unit of a field that no table has. */
  readonly unit: Unit | undefined;
  /** Whether it is written in exactly these letters, and not in another case. */
  readonly isExact: boolean;
  /** Whether its letters stand for units of different sizes, such as `mw`. */
  readonly isAmbiguous?: boolean;
}

/** Reads the unit that stands at the cursor, without moving it: the longest there is. */
export function readUnit(cursor: Cursor, own: string | undefined): WrittenUnit | undefined {
  const ownTokens = own === undefined ? [] : tokensOf(own);
  const ownUnit = ownTokens.length === 0 ? undefined : unitOf(ownTokens);
  const isOwn = ownTokens.length > 0 && matches(ownTokens, cursor, isSameText);
  const spellings = spellingsFrom(cursor.token?.word ?? '').filter(({ tokens }) => matches(tokens, cursor, isSameWord));
  const longest = spellings[0]?.tokens.length ?? 0;
  if (isOwn && ownTokens.length >= longest) return { length: ownTokens.length, unit: ownUnit, isExact: true };
  if (longest > 0)
    return chosen(
      spellings.filter(({ tokens }) => tokens.length === longest),
      cursor,
      ownUnit,
    );
  const isOwnInAnyCase = ownTokens.length > 0 && matches(ownTokens, cursor, isSameWord);
  return isOwnInAnyCase ? { length: ownTokens.length, unit: ownUnit, isExact: false } : undefined;
}

/** The unit of a field as the tables know it. */
export function unitNamed(name: string): Unit | undefined {
  return unitOf(tokensOf(name));
}

function unitOf(tokens: readonly Token[]): Unit | undefined {
  const spellings = spellingsFrom(tokens[0]?.word ?? '').filter((spelling) => spelling.tokens.length === tokens.length);
  const same = (test: (one: Token, other: Token) => boolean) =>
    spellings.filter((spelling) => spelling.tokens.every((token, index) => test(token, tokens[index] ?? token)));
  const exact = same(isSameText)[0];
  if (exact) return exact.unit;
  const inAnyCase = same(isSameWord);
  return areAlike(inAnyCase) ? inAnyCase[0]?.unit : undefined;
}

/** Of ways that differ in the case of letters alone: the exact one, the field's own, the one with this first letter. */
function chosen(spellings: readonly UnitSpelling[], cursor: Cursor, own: Unit | undefined): WrittenUnit {
  const { length } = spellings[0]?.tokens ?? [];
  const exact = spellings.find(({ tokens }) => matches(tokens, cursor, isSameText));
  if (exact) return { length, unit: exact.unit, isExact: true };
  const initial = cursor.token?.text[0];
  const sameInitial = spellings.filter(({ tokens }) => tokens[0]?.text.startsWith(initial ?? ''));
  const likely = sameInitial.length > 0 ? sameInitial : spellings;
  const ofOwnBase = likely.filter(({ unit }) => unit.base === own?.base);
  const left = ofOwnBase.length > 0 ? ofOwnBase : likely;
  return { length, unit: left[0]?.unit, isExact: false, isAmbiguous: !areAlike(left) };
}

function areAlike(spellings: readonly UnitSpelling[]): boolean {
  return spellings.every(({ unit }) => {
    const [first] = spellings;
    return unit.base === first?.unit.base && unit.power === first.unit.power && unit.times === first.unit.times;
  });
}

function matches(tokens: readonly Token[], cursor: Cursor, isSame: (one: Token, other: Token) => boolean): boolean {
  return tokens.every((token, index) => {
    const parsed = cursor.peek(index);
    return parsed !== undefined && parsed.kind === token.kind && isSame(token, parsed);
  });
}

function isSameText(one: Token, other: Token): boolean {
  return one.text === other.text;
}

function isSameWord(one: Token, other: Token): boolean {
  return one.word === other.word;
}
