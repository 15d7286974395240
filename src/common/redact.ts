/** What a character may be written as in a URL, also when that was encoded again, up to four times: `_`, `%5F`, `%255f`. */
function written(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  const anyCase = [...code].map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit)).join('');
  return `(?:${character}|%(?:25){0,4}${anyCase})`;
}

function writtenAll(text: string): string {
  return [...text].map(written).join('');
}

const LETTER_OR_DIGIT = '(?:[0-9A-Za-z]|%(?:25){0,4}(?:3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]))';
const KEY_TYPE = `(?:${[...'awr'].map(written).join('|')})`;
/** A key, with what a list may show of it apart from what it must not. */
const KEY_TEXT = new RegExp(
  `(${writtenAll('dakkio_')}${KEY_TYPE}${written('_')}${LETTER_OR_DIGIT}{4})${LETTER_OR_DIGIT}{8,}`,
  'g',
);

/**
 * What Base64 makes of the beginning of each key, by how many bytes stand before it in a group of three. The first and last
 * characters, which depend on other bytes too, are left out.
 */
const BEGINNINGS_IN_BASE64 = [0, 1, 2].map((before) => {
  const bytes = before + 'dakkio_'.length;
  const encoded = Buffer.from(`${'\0'.repeat(before)}dakkio_`).toString('base64');
  return encoded.slice(Math.ceil((before * 8) / 6), Math.floor((bytes * 8) / 6));
});
const IN_BASE64 = new RegExp(
  `(?:${BEGINNINGS_IN_BASE64.map(writtenAll).join('|')})(?:[0-9A-Za-z+/_=-]|%(?:25){0,4}[0-9A-Fa-f]{2})*`,
  'g',
);

/**
 * Cuts every API key in a text down to what a list may show of it: `dakkio_w_abc1...`. Keys in percent-encoding are found
 * too, and so are those in Base64, with whatever stands before them there: of these nothing is left.
 */
export function redactKeys(text: string): string {
  let redacted = text;
  if (text.includes('dakkio_') || text.includes('%'))
    redacted = redacted.replace(KEY_TEXT, (_key, shown) => decoded(shown as string));
  if (text.includes('%') || BEGINNINGS_IN_BASE64.some((beginning) => text.includes(beginning)))
    // The first character stays: in JSON it may be the end of an escape.
    redacted = redacted.replace(IN_BASE64, (encoded) => `${encoded.charAt(0)}...`);
  return redacted;
}

function decoded(shown: string): string {
  const text = shown.replace(/%(?:25)*([0-9A-Fa-f]{2})/g, (_all, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  );
  return `${text}...`;
}
