import type { EntityManager } from 'typeorm';
import { ApiError, OUTCOME_UNKNOWN } from '../common/errors';
import { query } from './sql';

/**
 * Finds out whether a transaction was committed when the response to its COMMIT was lost. Call it in a later transaction on
 * another connection: it waits until the first one has ended.
 *
 * @throws Error if the outcome is not known yet
 */
export type CommitProof = (manager: EntityManager) => Promise<boolean>;

/** The response to a COMMIT was lost and its outcome cannot be determined: the change may have been stored. */
export class OutcomeUnknownError extends ApiError {
  constructor() {
    super(OUTCOME_UNKNOWN, { headers: { 'Retry-After': '2' } });
  }
}

/** Proves a commit by the id of its transaction, for changes that leave no row to look for. */
export async function proveByNumber(manager: EntityManager): Promise<CommitProof> {
  const [begun] = await query<{ id: string }>(manager, 'SELECT txid_current() AS id', []);
  return async (later) => {
    const [found] = await query<{ status: string | null }>(later, 'SELECT txid_status(?) AS status', [
      begun?.id ?? null,
    ]);
    if (found?.status === 'committed') return true;
    if (found?.status === 'aborted') return false;
    throw new Error('The transaction has not ended');
  };
}
