/** A new `Idempotency-Key`: with it, a request whose reply was lost can be sent again and does nothing twice. */
export function newRetryId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
