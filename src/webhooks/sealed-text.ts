import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a text for the database (AES-256-GCM), bound to its row: copied to another row, it cannot be opened.
 *
 * @param key 32 bytes
 */
export function seal(key: Buffer, text: string, boundTo: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${VERSION}.${Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64')}`;
}

/** @throws Error if the text was sealed under another key or for another row, or was changed */
export function unseal(key: Buffer, sealed: string, boundTo: string): string {
  const [version, text = ''] = sealed.split('.');
  const bytes = Buffer.from(text, 'base64');
  if (version !== VERSION || bytes.length < IV_BYTES + TAG_BYTES) throw new Error('Not a sealed text');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  const opened = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
  return Buffer.concat(opened).toString('utf8');
}

/** Seals texts under the current key, and opens texts sealed under it or under an earlier key that is still accepted. */
export class Sealer {
  /** @param keys the current one first, 32 bytes each */
  constructor(private readonly keys: readonly [Buffer, ...Buffer[]]) {}

  seal(text: string, boundTo: string): string {
    return seal(this.keys[0], text, boundTo);
  }

  /** The text, or undefined if no key opens it. */
  open(sealed: string, boundTo: string): string | undefined {
    for (const key of this.keys) {
      const text = openedBy(key, sealed, boundTo);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** The text sealed under the current key: unchanged if it already is, undefined if no key opens it. */
  reseal(sealed: string, boundTo: string): string | undefined {
    if (openedBy(this.keys[0], sealed, boundTo) !== undefined) return sealed;
    const text = this.open(sealed, boundTo);
    return text === undefined ? undefined : this.seal(text, boundTo);
  }
}

function openedBy(key: Buffer, sealed: string, boundTo: string): string | undefined {
  try {
    return unseal(key, sealed, boundTo);
  } catch {
    return undefined;
  }
}
