import { isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { IPv6 } from 'ipaddr.js';
import { CONFIG, type Config } from '../../common/config/config';
import { TokenBuckets } from './token-buckets';

/** Beyond this number of sources, new ones share one allowance, so that a flood from many addresses cannot fill the memory. */
export const MAX_SOURCES = 50_000;
const THE_REST = 'the rest';

/**
 * Counts the recent invalid keys of each source. Only requests with invalid keys are counted and limited, so a valid key
 * is never locked out by others from its address. An IPv6 source is its /64, since its owner can use every address in it.
 */
@Injectable()
export class FailedAttempts {
  private readonly buckets = new TokenBuckets();

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'failedAuthPerMinute'>) {}

  /** Counts one attempt, and returns the milliseconds that the source has to wait: 0 within its allowance. */
  count(address: string, nowMillis?: number): number {
    const { failedAuthPerMinute: limit } = this.config;
    if (limit === 0) return 0;
    const source = this.buckets.size < MAX_SOURCES ? sourceOf(address) : THE_REST;
    return this.buckets.take(source, { limit, windowSeconds: 60 }, nowMillis).retryInMillis;
  }
}

function sourceOf(address: string): string {
  return isIPv6(address) ? IPv6.parse(address).parts.slice(0, 4).join(':') : address;
}
