/** An entry of an `Accept` header: a media type or range, and its quality value. */
interface AcceptedRange {
  readonly type: string;
  readonly quality: number;
}

/** An entry of the header, up to the next comma outside of quotes. */
const PARTS = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Chooses the media type that an `Accept` header prefers (RFC 9110 §12.5.1). The first type is the default, without a header
 * and if none is accepted. Parameters such as `charset=utf-8` are ignored.
 */
export function preferredType<T extends string>(header: string | undefined, ours: readonly [T, ...T[]]): T {
  if (header === undefined) return ours[0];
  const ranges = (header.toLowerCase().match(PARTS) ?? []).map(readRange);
  let best: { readonly type: T; readonly range: AcceptedRange; readonly order: number } | undefined;
  for (const type of ours) {
    const matches = ranges.map((range, order) => ({ type, range, order })).filter(({ range }) => covers(range, type));
    // The most specific range gives the quality of the type.
    const [match] = matches.sort((one, other) => widthOf(one.range) - widthOf(other.range));
    if (!match || match.range.quality === 0) continue;
    if (!best || isBetter(match, best)) best = match;
  }
  return best?.type ?? ours[0];
}

interface Match {
  readonly range: AcceptedRange;
  readonly order: number;
}

/** At equal quality, an exact type precedes a range; then the order in the header decides. */
function isBetter(one: Match, other: Match): boolean {
  if (one.range.quality !== other.range.quality) return one.range.quality > other.range.quality;
  if (widthOf(one.range) !== widthOf(other.range)) return widthOf(one.range) < widthOf(other.range);
  return one.order < other.order;
}

function readRange(part: string): AcceptedRange {
  const [type = '', ...parameters] = part.split(';').map((text) => text.trim());
  const quality = parameters.flatMap((parameter) => QUALITY.exec(parameter)?.[1] ?? []).at(-1);
  return { type, quality: quality === undefined ? 1 : Number(quality) };
}

function covers({ type: range }: AcceptedRange, type: string): boolean {
  return range === type || range === '*/*' || range === `${type.split('/')[0]}/*`;
}

function widthOf({ type }: AcceptedRange): number {
  if (type === '*/*') return 2;
  return type.endsWith('/*') ? 1 : 0;
}
