import type { CurrentApiKey } from '../auth/current-key.decorator';
import type { Caller } from './fair-queue';

/** The caller to which work of a key is attributed. */
export function callerOf(key: CurrentApiKey): Caller {
  return { organization: key.organizationId, line: key.lineId };
}

/** The same as one text, for `WriteOptions`. */
export function callerNameOf(key: CurrentApiKey): string {
  const { organization, line } = callerOf(key);
  return `${organization} ${line}`;
}
