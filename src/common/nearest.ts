/** The share of a word that may differ for it to count as a typo. */
const MAX_RATIO = 0.34;
/** Longer texts match nothing, so that a hostile request cannot waste time. */
const MAX_LENGTH = 64;

/** Returns the candidates that the text may be a typo of, the most similar first. */
export function nearestOf<T>(
  written: string,
  candidates: readonly T[],
  textOf: (candidate: T) => string,
): readonly T[] {
  return nearestPairs(candidates, (candidate) => [written, textOf(candidate)]);
}

/** The same, with a separate text for each candidate. */
export function nearestPairs<T>(
  candidates: readonly T[],
  pairOf: (candidate: T) => readonly [written: string, text: string],
): readonly T[] {
  return candidates
    .map((candidate) => ({ candidate, distance: distanceRatio(...pairOf(candidate)) }))
    .filter(({ distance }) => distance <= MAX_RATIO)
    .sort((one, other) => one.distance - other.distance)
    .map(({ candidate }) => candidate);
}

/** Returns a hint for an invalid value or name, or undefined if no valid one is similar. */
export function hintFor(sent: unknown, valid: readonly string[]): string | undefined {
  if (typeof sent !== 'string' || sent.length > MAX_LENGTH) return undefined;
  const written = comparable(sent);
  const [nearest] = nearestOf(written, valid, comparable);
  return nearest === undefined ? undefined : didYouMean(nearest);
}

export function didYouMean(name: string): string {
  return `did you mean ${name}?`;
}

/** Removes the differences between spellings of one name: `start_time`, `startTime`, `StartTime`. */
export function comparable(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

function distanceRatio(one: string, other: string): number {
  if (one === '') return 1;
  const longest = Math.max(one.length, other.length);
  // Most short words differ in one letter, so only swapped letters count as a typo.
  if (longest < 4) return sortedLetters(one) === sortedLetters(other) ? 0 : 1;
  if (Math.abs(one.length - other.length) > MAX_RATIO * longest || longest > MAX_LENGTH) return 1;
  return distanceOf(one, other) / longest;
}

function sortedLetters(word: string): string {
  return [...word].sort().join('');
}

/** The edit distance of two texts: insertions, deletions, replacements and swaps of neighbours (Damerau-Levenshtein). */
function distanceOf(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let least = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const isExchanged =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (isExchanged) least = Math.min(least, (before[column - 2] ?? 0) + 1);
      next.push(least);
    }
    before = last;
    last = next;
  }
  return last[other.length] ?? 0;
}
