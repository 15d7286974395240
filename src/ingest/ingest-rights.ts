import type { CurrentApiKey } from '../auth/current-key.decorator';
import { ApiError } from '../common/errors';
import type { Appended } from '../points/point-store';
import { QUIET_NOT_ALLOWED } from './ingest.errors';

/** @throws ApiError for a key that may not store points without evaluating alert rules */
export function checkQuiet({ type }: CurrentApiKey, quiet: boolean): void {
  if (quiet && type !== 'admin') throw new ApiError(QUIET_NOT_ALLOWED);
}

/** The counts for a write-only key. They do not reveal which points were already stored. */
export function accepted({ inserted, updated, duplicates }: Appended): Appended {
  return { inserted: inserted + updated + duplicates, updated: 0, duplicates: 0 };
}

/** The rotation lineage whose share of the metadata limit is used; null for Admin keys. */
export function lineOf({ type, lineId }: CurrentApiKey): string | null {
  return type === 'admin' ? null : lineId;
}
