/** What a key may do: everything in its organization, or write or read in one bucket. */
export const KEY_TYPES = ['admin', 'write', 'read'] as const;
export type KeyType = (typeof KEY_TYPES)[number];
