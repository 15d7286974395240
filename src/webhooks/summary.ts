/** A value that a message shows: a text, or a time that each service shows in its reader's own zone. */
export type Fact = string | { readonly at: number };

/** What a message says, for services that show it to people instead of handing it to a program. */
export interface Summary {
  readonly title: string;
  /** Name and value of each thing worth knowing. */
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
