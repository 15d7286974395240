/** A value that both databases bind and return. */
export type SqlValue = string | number | null;
