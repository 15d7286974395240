/** Replaces a secret in responses. */
export const MASK = '…';

/** A URL for callers who may not see its path, which often is the receiver's only protection: its origin and `…`. */
export function maskedUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).origin + MASK : MASK;
}

/** Whether a text is a masked URL. */
export function isMasked(text: string): boolean {
  return text.endsWith(MASK);
}

/** Whether a masked URL stands for this one. Accepts a slash before the `…`. */
export function isMaskOf(masked: string, url: string): boolean {
  return masked.replace(`/${MASK}`, MASK) === maskedUrl(url);
}
