import type { CommitProof } from '../database/commit-proof';
import { query, rowLock } from '../database/sql';

const HEAD = 'SELECT count FROM audit_head WHERE id = 1';
const LINK = 'SELECT link FROM audit_log WHERE seq = ?';

/**
 * Checks whether a transaction was committed by looking for the last row that it added to the audit log. No other row has its
 * link, and rows that a fail-over lost do not exist. The transaction holds the lock of the head until it ends, so this waits for it.
 */
export function proveByLink({ count, link }: { readonly count: number; readonly link: string }): CommitProof {
  return async (manager) => {
    await query(manager, HEAD + rowLock(manager, 'UPDATE'), []);
    const [found] = await query<{ link: string }>(manager, LINK, [count]);
    return found?.link === link;
  };
}
