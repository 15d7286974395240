/**
 * The id of a point, derived from its identity in hex: 48 bits of time, 24 bits of the source number and 24 bits of the metadata
 * number. It needs no storage, never changes, and sorts by time.
 */
export function pointIdOf(source: number, { at, meta }: { readonly at: number; readonly meta: number }): string {
  return hex(at, 12) + hex(source, 6) + hex(meta, 6);
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
