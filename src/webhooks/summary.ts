/** A value in a message: a text, or a time that each service shows in its reader's time zone. */
export type Fact = string | { readonly at: number };

/** The text of a message, for services that show it to people. */
export interface Summary {
  readonly title: string;
  /** Names and values. */
  readonly facts: readonly (readonly [string, Fact])[];
}

/** A value as plain text: a time in UTC, for services that have no notation for times. */
export function plainFact(fact: Fact): string {
  return typeof fact === 'string' ? fact : `${isoSeconds(fact.at).replace('T', ' ').replace('Z', '')} UTC`;
}

/** A time in ISO 8601 without milliseconds, which Adaptive Cards do not accept. */
export function isoSeconds(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
