import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** A new signing secret: `whsec_` and the base64 of 32 random bytes. */
export function newWebhookSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/**
 * The headers by which a receiver verifies a message (Standard Webhooks 1.0): one signature per secret, over the message's id,
 * the time and the body.
 */
export function signedHeaders(
  secrets: readonly string[],
  { id, atMillis, body }: { readonly id: string; readonly atMillis: number; readonly body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(atMillis / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
