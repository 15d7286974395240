import type { Actor } from '../common/audit-event';
import type { CurrentApiKey } from './current-key.decorator';

/** Says whose key a text is. The guard asks it; `KeyService` answers. */
export abstract class KeyVerifier {
  /** The live key of this text, or null for whatever is not one. */
  abstract verify(text: string): Promise<CurrentApiKey | null>;

  /** Ends the key that this one `retires`, on disk once it resolves; false where this key itself does not open any more. */
  abstract retirePredecessor(key: CurrentApiKey, by: Actor): Promise<boolean>;
}
