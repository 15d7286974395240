import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../common/config/config';
import { hashOf } from './key-text';

/** Hashes keys for storage: SHA-256 or, with a pepper that only the server knows, HMAC-SHA-256. See docs/keys.md. */
@Injectable()
export class KeyHasher {
  /** The pepper of new keys, or null. */
  private readonly pepper: string | null;
  /** The peppers that a key may be hashed with: the current one and, during a change, the previous one. */
  private readonly accepted: readonly (string | null)[];

  constructor(@Inject(CONFIG) { keyPepper, keyPepperPrevious }: Pick<Config, 'keyPepper' | 'keyPepperPrevious'>) {
    this.pepper = keyPepper ?? null;
    this.accepted =
      keyPepperPrevious === undefined || keyPepperPrevious === this.pepper
        ? [this.pepper]
        : [this.pepper, keyPepperPrevious];
  }

  /** The hash of a new key, and the name of its pepper. */
  hash(text: string): { hash: string; pepper: string | null } {
    return { hash: hashUnder(this.pepper, text), pepper: nameOf(this.pepper) };
  }

  /** The hashes that a key with this text may be stored as, the most likely first. */
  candidates(text: string): string[] {
    return this.accepted.map((pepper) => hashUnder(pepper, text));
  }

  /** The names of the accepted peppers; null is no pepper. */
  get acceptedNames(): readonly (string | null)[] {
    return this.accepted.map(nameOf);
  }
}

function hashUnder(pepper: string | null, text: string): string {
  return pepper === null ? hashOf(text) : createHmac('sha256', pepper).update(text).digest('hex');
}

/** Identifies a pepper without revealing anything else about it. */
function nameOf(pepper: string | null): string | null {
  return pepper === null ? null : createHmac('sha256', pepper).update('dakkio pepper').digest('hex').slice(0, 16);
}
