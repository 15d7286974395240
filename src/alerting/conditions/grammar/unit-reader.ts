import type { Cursor } from './cursor';
import { tokensOf, type Token } from './tokens';
import { spellingsFrom, type Unit, type UnitSpelling } from './units';

/** A unit as it is written after a number. */
export interface WrittenUnit {
  /** How many tokens it takes. */
  readonly length: number;
  /** Undefined for a unit that is known only from the field. */
  readonly unit: Unit | undefined;
  /** Whether the letter case matches. */
  readonly isExact: boolean;
  /** Whether it could be several units, such as `mw`: mW or MW. */
  readonly isAmbiguous?: boolean;
}

/** Finds the longest unit at the cursor. Does not move it. */
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

/** The unit of a field, if the tables have it. */
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

/** Chooses between spellings that differ in letter case: the exact one, then the field's own unit, then the same first letter. */
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
