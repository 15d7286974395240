/** What stands for a secret that is not shown. */
export const MASK = '…';

/** A URL as it is shown to those who may not know its path, which is often what guards the receiver: its origin and `…`. */
export function maskedUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).origin + MASK : MASK;
}

/** Whether a text is a URL that is not whole. */
export function isMasked(text: string): boolean {
  return text.endsWith(MASK);
}

/** Whether a masked URL is this one. A slash before the `…` is taken too. */
export function isMaskOf(masked: string, url: string): boolean {
  return masked.replace(`/${MASK}`, MASK) === maskedUrl(url);
}
