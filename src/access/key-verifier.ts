import type { Actor } from '../common/journal';
import type { CurrentApiKey } from './current-key.decorator';

/** Says whose key a text is. The guard asks it; `KeyService` answers. */
export abstract class KeyVerifier {
  /** The live key of this text, or null for whatever is not one. */
  abstract verify(text: string): Promise<CurrentApiKey | null>;

  /** Ends the key that this one `retires`. Once it resolves, that is on disk. */
  abstract retirePredecessor(key: CurrentApiKey, by: Actor): Promise<void>;
}
