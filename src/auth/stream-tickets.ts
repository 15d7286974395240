import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ServerSecret } from '../common/server-secret';

const USE = 'stream tickets';
const PREFIX = 'dakkio_t_';
const TICKET = /^dakkio_t_([0-9a-f]{24})([0-9a-f]{10})([0-9a-f]{32})$/;
const SIGNATURE_BYTES = 16;

/**
 * Tickets stand for a key in the URL of a stream, for clients that cannot set headers. A ticket names the key and when it expires,
 * signed with the server's secret, so every instance can verify it. It grants nothing that the key does not.
 */
@Injectable()
export class StreamTickets {
  constructor(private readonly secret: ServerSecret) {}

  /** @param expiresAtMillis rounded down to a second */
  create(keyId: string, expiresAtMillis: number): { readonly ticket: string; readonly expiresAtMillis: number } {
    const seconds = Math.floor(expiresAtMillis / 1000);
    const signed = keyId + seconds.toString(16).padStart(10, '0');
    return {
      ticket: PREFIX + signed + signatureOf(signed, this.secret.keyFor(USE)).toString('hex'),
      expiresAtMillis: seconds * 1000,
    };
  }

  /** The id of the key of a ticket; undefined if the ticket is not valid or has expired. */
  keyIdOf(ticket: string, nowMillis = Date.now()): string | undefined {
    const [, keyId = '', seconds = '', signature = ''] = TICKET.exec(ticket) ?? [];
    if (keyId === '' || parseInt(seconds, 16) * 1000 <= nowMillis) return undefined;
    const given = Buffer.from(signature, 'hex');
    const isSigned = this.secret.keysFor(USE).some((key) => timingSafeEqual(signatureOf(keyId + seconds, key), given));
    return isSigned ? keyId : undefined;
  }
}

function signatureOf(text: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(text).digest().subarray(0, SIGNATURE_BYTES);
}
