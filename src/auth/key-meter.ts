import type { Quota } from '../common/rate-limit';

/** How much of a quota is used, and when it begins anew. */
export interface QuotaCount {
  /** Requests so far in this day or month. */
  readonly used: number;
  /** Milliseconds since 1970. */
  readonly resetsAt: number;
}

/** Where a request came from, and the line of its key where that is not the key's own id. */
export interface RequestOrigin {
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly lineId?: string;
}

/** Counts what each key does, in memory. The guard tells it; the usage room answers. */
export abstract class KeyMeter {
  /** Counts a request that is let in. */
  abstract countRequest(keyId: string, from: RequestOrigin): void;

  /** Counts a request that is refused though the key is known: by a limit, an address rule, its type, or its death. */
  abstract countRefusal(keyId: string): void;

  /** Counts points that a key has ingested. */
  abstract countPoints(keyId: string, points: number): void;

  /** What the keys of a line have used of a quota, all together. A promise only when the database has to be asked. */
  abstract quotaCount(lineId: string, quota: Quota): QuotaCount | Promise<QuotaCount>;
}
