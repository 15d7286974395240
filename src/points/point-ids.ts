/**
 * A point's id, made of what it is known by: 48 bits of its time, 24 of its source's number and 24 of its metadata's, in
 * hex. So it needs no room, never changes, and sorts by time.
 */
export function pointIdOf(source: number, { at, meta }: { readonly at: number; readonly meta: number }): string {
  return hex(at, 12) + hex(source, 6) + hex(meta, 6);
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
