import type { CurrentApiKey } from '../auth/current-key.decorator';
import type { Caller } from './fair-queue';

/** The caller to which work of a key is attributed. */
export function callerOf(key: CurrentApiKey): Caller {
  return { organization: key.organizationId, line: key.lineId };
}

/** A caller as one text. */
export function nameOfCaller({ organization, line }: Caller): string {
  return `${organization} ${line}`;
}
