const KEYS = /(dakkio_[awr]_[0-9A-Za-z]{4})[0-9A-Za-z]+/g;

/** A text with keys cut to what identifies them, as lists show it: what is typed into a search would be in addresses and logs. */
export function withoutKeys(text: string): string {
  return text.replace(KEYS, '$1');
}
