const REST = '…';

/** A URL as it is shown to those who may not know its path, which is often what guards the receiver: its origin and `…`. */
export function maskedUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).origin + REST : REST;
}

/** Whether a text is a URL that is not whole. */
export function isMasked(text: string): boolean {
  return text.endsWith(REST);
}

/** Whether a masked URL is this one. A slash before the `…` is taken too. */
export function isMaskOf(masked: string, url: string): boolean {
  return masked.replace(`/${REST}`, REST) === maskedUrl(url);
}
