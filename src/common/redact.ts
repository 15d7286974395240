const KEY_TEXT = /(dakkio_[awr]_[0-9A-Za-z]{4})[0-9A-Za-z]{8,}/g;

/** Cuts every API key in a text down to what a list may show of it: `dakkio_w_abc1...`. */
export function redactKeys(text: string): string {
  return text.includes('dakkio_') ? text.replace(KEY_TEXT, '$1...') : text;
}
