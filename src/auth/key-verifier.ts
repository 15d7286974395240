import type { Actor } from '../common/audit-event';
import type { CurrentApiKey } from './current-key.decorator';

/** Looks up the key of a request. `api-keys` implements it. */
export abstract class KeyVerifier {
  /** The valid key with this text, or null. */
  abstract verify(text: string): Promise<CurrentApiKey | null>;

  /** The valid key that this ticket stands for, or null. See `StreamTickets`. */
  abstract verifyTicket(ticket: string): Promise<CurrentApiKey | null>;

  /** The valid keys among these ids, as they are now. */
  abstract findValid(ids: readonly string[]): Promise<ReadonlyMap<string, CurrentApiKey>>;

  /** Revokes the key that this one `retires`, durably once it resolves. False if this key itself is no longer valid. */
  abstract retirePredecessor(key: CurrentApiKey, by: Actor): Promise<boolean>;
}
