import type { CurrentApiKey } from '../auth/current-key.decorator';
import type { Caller } from './fair-queue';

/** On whose behalf the work of a key is done. */
export function callerOf(key: CurrentApiKey): Caller {
  return { organization: key.organizationId, line: key.lineId };
}
