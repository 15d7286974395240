/** Returns a pattern for a character in a URL, plain or percent-encoded up to five times: `_`, `%5F`, `%255f`. */
function written(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  const anyCase = [...code].map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit)).join('');
  return `(?:${character}|%(?:25){0,4}${anyCase})`;
}

function writtenAll(text: string): string {
  return [...text].map(written).join('');
}

const LETTER_OR_DIGIT = '(?:[0-9A-Za-z]|%(?:25){0,4}(?:3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]))';
const KEY_TYPE = `(?:${[...'awrt'].map(written).join('|')})`;
/** A key. The group is the part that lists may show. */
const KEY_TEXT = new RegExp(
  `(${writtenAll('dakkio_')}${KEY_TYPE}${written('_')}${LETTER_OR_DIGIT}{4})${LETTER_OR_DIGIT}{8,}`,
  'g',
);

/**
 * The prefix of a key in Base64, for each offset within a group of three bytes. The first and last characters are left
 * out because they also depend on neighbouring bytes.
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
 * Shortens every API key in a text to the part that lists may show: `dakkio_w_abc1...`. Also finds percent-encoded keys.
 * Base64 text that contains a key is removed from the start of the key.
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
