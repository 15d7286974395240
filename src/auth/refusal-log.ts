import type { Actor } from '../common/audit-event';

/** A request that was refused because its key lacks the right. */
export interface LoggedRefusal {
  readonly by: Actor;
  readonly organizationId: string;
  readonly bucketId: string | null;
  readonly method: string;
  /** The route's pattern, `/api/buckets/:bucketId`: refusals of one route are counted together. */
  readonly route: string;
  /** Without the query. */
  readonly path: string;
  /** The message of the reply. */
  readonly message: string;
}

/** Records refusals for lack of a right in the background. `audit` implements it. */
export abstract class RefusalLog {
  abstract add(refusal: LoggedRefusal): void;
}
