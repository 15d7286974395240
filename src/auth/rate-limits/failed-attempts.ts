import { isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { IPv6 } from 'ipaddr.js';
import { CONFIG, type Config } from '../../common/config/config';
import { TokenBuckets } from './token-buckets';

/** A flood from ever new addresses must not fill the memory: beyond this, they share one allowance. */
export const MOST_SOURCES = 50_000;
const THE_REST = 'the rest';

/**
 * How many refused keys each source has sent of late. Only what is refused anyway is counted and slowed down, so a valid
 * key is never locked out, however many bad ones come from its address. An IPv6 source is its /64: whoever has one address
 * of it has them all.
 */
@Injectable()
export class FailedAttempts {
  private readonly buckets = new TokenBuckets();

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'failedAuthPerMinute'>) {}

  /** Counts one, and says for how many milliseconds the source should be quiet: 0 while it is within its allowance. */
  count(address: string, nowMillis?: number): number {
    const { failedAuthPerMinute: limit } = this.config;
    if (limit === 0) return 0;
    const source = this.buckets.size < MOST_SOURCES ? sourceOf(address) : THE_REST;
    return this.buckets.take(source, { limit, windowSeconds: 60 }, nowMillis).retryInMillis;
  }
}

function sourceOf(address: string): string {
  return isIPv6(address) ? IPv6.parse(address).parts.slice(0, 4).join(':') : address;
}
