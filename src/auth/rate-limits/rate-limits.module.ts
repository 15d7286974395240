import { Global, Module } from '@nestjs/common';
import { FailedAttempts } from './failed-attempts';
import { RateLimiter } from './rate-limiter';
import { TokenBuckets } from './token-buckets';

/** Limits of requests per key, and of failed attempts per address. */
@Global()
@Module({
  providers: [FailedAttempts, { provide: RateLimiter, useClass: TokenBuckets }],
  exports: [FailedAttempts, RateLimiter],
})
export class RateLimitsModule {}
