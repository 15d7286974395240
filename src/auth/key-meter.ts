import type { Quota } from '../common/rate-limit';

/** How much of a quota is used, and when it resets. */
export interface QuotaCount {
  /** Requests so far in this day or month. */
  readonly used: number;
  /** Milliseconds since 1970. */
  readonly resetsAt: number;
}

/** Where a request came from, the rotation line of its key if that differs from the key's id, and its organization. */
export interface RequestOrigin {
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly lineId?: string;
  readonly organizationId?: string;
}

/** Counts the requests of each key in memory. `api-keys/usage` implements it. */
export abstract class KeyMeter {
  /** Counts a request that the guard admits. */
  abstract countRequest(keyId: string, from: RequestOrigin): void;

  /** Counts a refused request of a known key: by a limit, an address rule, its type, or because the key is no longer valid. */
  abstract countRefusal(keyId: string): void;

  /** Counts points that a key has ingested. */
  abstract countPoints(keyId: string, points: number): void;

  /** What the keys of a rotation line have used of a quota, all together. A promise only when the database has to be asked. */
  abstract quotaCount(lineId: string, quota: Quota): QuotaCount | Promise<QuotaCount>;
}
