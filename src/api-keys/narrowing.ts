import { isRangeIn } from '../common/addresses';
import type { ApiKey } from './api-key.entity';

type Bounds = Pick<
  ApiKey,
  'disabledAt' | 'expiresAt' | 'allowedIps' | 'rateLimit' | 'rateWindowSeconds' | 'quotaLimit' | 'quotaPer'
>;

const SECONDS = { day: 86_400, month: 28 * 86_400 } as const;

/** Whether a change restricts a key: it is disabled, expires sooner, or has a tighter limit. */
export function isNarrowed(before: Bounds, after: Bounds): boolean {
  return (
    (before.disabledAt === null && after.disabledAt !== null) ||
    (after.expiresAt ?? Infinity) < (before.expiresAt ?? Infinity) ||
    hasFewerAddresses(before.allowedIps, after.allowedIps) ||
    isTighter(rateOf(before), rateOf(after)) ||
    isTighter(quotaOf(before), quotaOf(after))
  );
}

function hasFewerAddresses(before: string | null, after: string | null): boolean {
  return after !== null && (before === null || !isRangeIn(before, after));
}

/** A number of requests in a number of seconds. */
type Allowance = readonly [limit: number, seconds: number];

const UNLIMITED: Allowance = [Infinity, 1];

function rateOf({ rateLimit, rateWindowSeconds }: Bounds): Allowance {
  return rateLimit === null || rateWindowSeconds === null ? UNLIMITED : [rateLimit, rateWindowSeconds];
}

function quotaOf({ quotaLimit, quotaPer }: Bounds): Allowance {
  return quotaLimit === null || quotaPer === null ? UNLIMITED : [quotaLimit, SECONDS[quotaPer]];
}

/** Whether fewer requests are allowed at once, or over time. */
function isTighter(before: Allowance, after: Allowance): boolean {
  return after[0] < before[0] || after[0] / after[1] < before[0] / before[1];
}
