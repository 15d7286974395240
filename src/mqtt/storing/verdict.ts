import { REASON, type Reason } from '../protocol/reason-codes';
import type { MessageResult } from '../mqtt-counts';

/** What became of a message, and what its sender is answered. */
export interface Verdict {
  readonly result: MessageResult;
  readonly reason: Reason;
  /** Why it was refused. */
  readonly sentence?: string;
  /** Whether the same message can be stored later: versions of MQTT without reasons get no acknowledgement for it. */
  readonly isTemporary?: boolean;
}

export const STORED: Verdict = { result: 'stored', reason: REASON.success };
export const HAS_NO_DATA: Verdict = { result: 'no_data', reason: REASON.notStored };
export const REPEATED: Verdict = { result: 'repeated', reason: REASON.success };

export function refusedFor(reason: Reason, sentence: string, isTemporary = false): Verdict {
  return { result: 'refused', reason, sentence, isTemporary };
}
