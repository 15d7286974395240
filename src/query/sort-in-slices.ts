import type { YieldTurn } from '../common/http/yield';

/** Numbers sorted or merged in a few milliseconds. */
const AT_ONCE = 50_000;

/** Sorts numbers in ascending order, and yields to other work between slices. */
export async function sortInSlices(values: readonly number[], yieldTurn: YieldTurn): Promise<Float64Array> {
  let from = Float64Array.from(values);
  if (from.length <= AT_ONCE) return from.sort();
  for (let start = 0; start < from.length; start += AT_ONCE) {
    from.subarray(start, start + AT_ONCE).sort();
    await yieldTurn();
  }
  let to = new Float64Array(from.length);
  for (let length = AT_ONCE; length < from.length; length *= 2) {
    await mergePairs(from, to, length, yieldTurn);
    [from, to] = [to, from];
  }
  return from;
}

/** Merges neighbouring sorted runs of this length in pairs. */
async function mergePairs(from: Float64Array, to: Float64Array, length: number, yieldTurn: YieldTurn): Promise<void> {
  for (let start = 0; start < from.length; start += 2 * length) {
    const middle = Math.min(start + length, from.length);
    const end = Math.min(start + 2 * length, from.length);
    let [left, right] = [start, middle];
    for (let at = start; at < end;) {
      for (const stop = Math.min(end, at + AT_ONCE); at < stop; at++) {
        const takesLeft = left < middle && (right >= end || (from[left] as number) <= (from[right] as number));
        to[at] = (takesLeft ? from[left++] : from[right++]) as number;
      }
      await yieldTurn();
    }
  }
}
