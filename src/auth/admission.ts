import { Injectable } from '@nestjs/common';
import { isAddressIn } from '../common/addresses';
import { ApiError, type Refusal } from '../common/errors';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import type { Quota } from '../common/rate-limit';
import { FailedAttempts } from './rate-limits/failed-attempts';
import { RATE_LIMITED } from './rate-limits/rate-limits.errors';
import { rateHeaders, seconds, type Standing } from './rate-limits/rate-headers';
import { RateLimiter, type Taken } from './rate-limits/rate-limiter';
import { ADDRESS_NOT_ALLOWED, BASIC_CHALLENGE, CHALLENGE, UNAUTHORIZED } from './access.errors';
import { awaitsBasicChallenge } from './credentials';
import { actorOf } from './current-actor.decorator';
import type { CurrentApiKey } from './current-key.decorator';
import { KeyMeter, type QuotaCount } from './key-meter';
import { RefusalLog } from './refusal-log';
import { refusalFor, type Right } from './right';
import { isoTime } from '../common/times';

const DAY_SECONDS = 86_400;

/** What the admission of a request depends on. */
interface Allowance {
  readonly right: Right;
  readonly taken: Taken | null;
  readonly count: QuotaCount | null;
}

/** Applies the restrictions, limits and rights of a key to a request, and counts the result. */
@Injectable()
export class Admission {
  constructor(
    private readonly attempts: FailedAttempts,
    private readonly limiter: RateLimiter,
    private readonly meter: KeyMeter,
    private readonly log: RefusalLog,
  ) {}

  /** The error for a request without a valid key: 401, or 429 if its address has sent too many. */
  unknown(request: LeanRequest, right?: Right): ApiError {
    const wait = this.attempts.count(request.clientAddress);
    if (wait > 0) return tooMany(wait, Date.now());
    const isAsked = right?.basic && awaitsBasicChallenge(request);
    return new ApiError(UNAUTHORIZED, { headers: isAsked ? BASIC_CHALLENGE : CHALLENGE });
  }

  /**
   * Admits a request and counts it. Returns a promise only if it has to wait.
   *
   * @throws ApiError 403 for the wrong address, which does not count against the limits, so a stolen key cannot use them up;
   *   429 over a limit; 403 for a key that lacks the right
   */
  admit(key: CurrentApiKey, request: LeanRequest, right: Right): void | Promise<void> {
    const { lineId, allowedIps, rateLimit, quota } = key;
    if (allowedIps !== null && !isAddressIn(request.clientAddress, allowedIps))
      throw this.forbidden(key, request, ADDRESS_NOT_ALLOWED);
    const count = quota && this.meter.quotaCount(lineId, quota);
    if (count instanceof Promise) return count.then(() => this.admit(key, request, right));
    // A request over the quota takes nothing from the rate limit, or `Retry-After` would be too short.
    const taken =
      rateLimit && !(quota && count && count.used >= quota.limit) ? this.limiter.take(lineId, rateLimit) : null;
    if (taken instanceof Promise) return this.admitLater(key, request, { right, taken });
    this.letIn(key, request, { right, taken, count });
  }

  /** The quota may be used up while the rate limit was awaited. */
  private async admitLater(
    key: CurrentApiKey,
    request: LeanRequest,
    { right, taken: taking }: { readonly right: Right; readonly taken: Promise<Taken> },
  ): Promise<void> {
    const taken = await taking;
    const { lineId, quota } = key;
    let count = quota && this.meter.quotaCount(lineId, quota);
    while (count instanceof Promise) {
      await count;
      count = quota && this.meter.quotaCount(lineId, quota);
    }
    this.letIn(key, request, { right, taken, count });
  }

  /** Synchronous: no other request of the key runs between the check of its quota and the count. */
  private letIn(key: CurrentApiKey, request: LeanRequest, { right, taken, count }: Allowance): void {
    if (taken || count) this.requireAllowance(key, request, taken, count);
    const refused = refusalFor(key, right);
    if (refused) throw this.forbidden(key, request, refused);
    const { id, lineId, organizationId } = key;
    const userAgent = request.headers['user-agent'];
    this.meter.countRequest(id, { address: request.clientAddress, userAgent, lineId, organizationId });
  }

  /** Sets the rate limit headers, and refuses a request over a limit. */
  private requireAllowance(
    { id, rateLimit, quota }: CurrentApiKey,
    request: LeanRequest,
    taken: Taken | null,
    count: QuotaCount | null,
  ): void {
    const now = Date.now();
    const standings: Standing[] = [];
    let wait = 0;
    if (rateLimit && taken) {
      const { remaining, fullInMillis, retryInMillis } = taken;
      wait = retryInMillis;
      standings.push({ name: 'rate', ...rateLimit, remaining, resetInMillis: wait > 0 ? wait : fullInMillis });
    }
    if (quota && count) {
      const resetInMillis = count.resetsAt - now;
      if (count.used >= quota.limit) wait = Math.max(wait, resetInMillis);
      const remaining = Math.max(0, quota.limit - count.used - (wait > 0 ? 0 : 1));
      standings.push({
        name: 'quota',
        limit: quota.limit,
        windowSeconds: windowOf(quota, count),
        remaining,
        resetInMillis,
      });
    }
    (request.res as LeanResponse).extraHeaders = rateHeaders(standings, now);
    if (wait === 0) return;
    this.meter.countRefusal(id);
    throw tooMany(wait, now);
  }

  private forbidden(key: CurrentApiKey, request: LeanRequest, refusal: Refusal): ApiError {
    const { organizationId, bucketId } = key;
    const { method, path } = request;
    const route = (request.route as { path?: string } | undefined)?.path ?? '';
    this.meter.countRefusal(key.id);
    this.log.add({
      by: actorOf(key, request),
      organizationId,
      bucketId,
      method,
      route,
      path,
      message: refusal.message,
    });
    return new ApiError(refusal);
  }
}

/** 429 with `Retry-After` and the time at which the next request is admitted. */
export function tooMany(waitMillis: number, now: number): ApiError {
  const wait = seconds(waitMillis);
  return new ApiError(RATE_LIMITED, {
    words: { time: isoTime(now + wait * 1000) },
    headers: { 'Retry-After': String(wait) },
  });
}

function windowOf({ per }: Quota, { resetsAt }: QuotaCount): number {
  const days = per === 'day' ? 1 : new Date(resetsAt - 1).getUTCDate();
  return days * DAY_SECONDS;
}
