/**
 * A function that matches topics with a pattern: `+` stands for one level, and a last `#` for any number of them, as in MQTT. A first
 * `…` stands for one or more levels.
 *
 * @returns the text that the `…` stands for, an empty one without, or undefined if the topic does not match
 */
export function topicMatcher(pattern: string): (levels: readonly string[]) => string | undefined {
  const wanted = pattern.split('/');
  const hasPrefix = wanted[0] === '…';
  const hasRest = wanted.at(-1) === '#';
  const middle = wanted.slice(hasPrefix ? 1 : 0, hasRest ? -1 : undefined);
  const matchesAt = (levels: readonly string[], start: number) =>
    levels.length - start >= middle.length &&
    (hasRest || levels.length - start === middle.length) &&
    middle.every((level, index) => level === '+' || level === levels[start + index]);
  return (levels) => {
    if (!hasPrefix) return matchesAt(levels, 0) ? '' : undefined;
    const last = levels.length - middle.length;
    for (let start = hasRest ? 1 : Math.max(1, last); start <= last; start++)
      if (matchesAt(levels, start)) return levels.slice(0, start).join('/');
    return undefined;
  };
}
