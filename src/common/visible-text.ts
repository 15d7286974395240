/** Embeddings, overrides and isolates, which reorder the text after them as well (Unicode UAX #9 §2). */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/;
/** White space, characters that renderers hide, and blank characters that Unicode classifies as letters or symbols. */
const UNSEEN =
  /^(?:[\p{White_Space}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800\u{13441}\u{13442}\u{1d159}]|\u{16fe4})*$/u;

/** Whether a text contains a character that changes the direction of the text after it. The marks U+200E and U+200F do not. */
export function changesDirection(text: string): boolean {
  return DIRECTION.test(text);
}

/** Whether a text is invisible when displayed, for example U+200B, U+3164 or U+2800 alone. */
export function showsNothing(text: string): boolean {
  return UNSEEN.test(text);
}
