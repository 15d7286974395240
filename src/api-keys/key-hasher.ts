import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../common/config/config';
import { hashOf } from './key-text';

/** What keys are stored as: SHA-256 or, under a pepper that only the server knows, HMAC-SHA-256. See docs/keys.md. */
@Injectable()
export class KeyHasher {
  /** The pepper of new keys, or null. */
  private readonly pepper: string | null;
  /** Whatever a key may have been hashed with: the present pepper and, during a change-over, the one before. */
  private readonly accepted: readonly (string | null)[];

  constructor(@Inject(CONFIG) { keyPepper, keyPepperPrevious }: Pick<Config, 'keyPepper' | 'keyPepperPrevious'>) {
    this.pepper = keyPepper ?? null;
    this.accepted =
      keyPepperPrevious === undefined || keyPepperPrevious === this.pepper
        ? [this.pepper]
        : [this.pepper, keyPepperPrevious];
  }

  /** The hash that a new key is stored by, and the name of the pepper that is in it. */
  hash(text: string): { hash: string; pepper: string | null } {
    return { hash: hashUnder(this.pepper, text), pepper: nameOf(this.pepper) };
  }

  /** The hashes that an accepted key of this text may be stored by, the likeliest first. */
  candidates(text: string): string[] {
    return this.accepted.map((pepper) => hashUnder(pepper, text));
  }

  /** The names of the accepted peppers, null standing for none. */
  get acceptedNames(): readonly (string | null)[] {
    return this.accepted.map(nameOf);
  }
}

function hashUnder(pepper: string | null, text: string): string {
  return pepper === null ? hashOf(text) : createHmac('sha256', pepper).update(text).digest('hex');
}

/** Tells peppers apart, and nothing else about them. */
function nameOf(pepper: string | null): string | null {
  return pepper === null ? null : createHmac('sha256', pepper).update('dakkio pepper').digest('hex').slice(0, 16);
}
