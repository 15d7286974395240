import type { Actor } from '../common/audit-event';

/** A request that was refused for lack of right. */
export interface LoggedRefusal {
  readonly by: Actor;
  readonly organizationId: string;
  readonly bucketId: string | null;
  readonly method: string;
  /** The route's pattern, `/api/buckets/:bucketId`: refusals of one route are counted together, whatever path each had. */
  readonly route: string;
  /** Without the query. */
  readonly path: string;
  /** The sentence that the caller was told. */
  readonly message: string;
}

/** Where refusals for lack of right are noted down, in the background. The audit room keeps it. */
export abstract class RefusalLog {
  abstract add(refusal: LoggedRefusal): void;
}
