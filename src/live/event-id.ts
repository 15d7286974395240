/** A position in the order of commits: after the point with this number. */
export interface Position {
  readonly seq: number;
  /** When the commit with this point was recorded, in milliseconds since 1970. It shows that the id belongs to this database. */
  readonly atMillis: number;
}

const EVENT_ID = /^([0-9a-z]{1,11})-([0-9a-z]{1,10})$/;

/** The id of an event: `2n9c-lr5q0zk0`. */
export function writeEventId({ seq, atMillis }: Position): string {
  return `${seq.toString(36)}-${atMillis.toString(36)}`;
}

/** Parses an id of `writeEventId`; undefined for any other text. */
export function readEventId(text: string): Position | undefined {
  const [, seq, atMillis] = EVENT_ID.exec(text) ?? [];
  if (seq === undefined || atMillis === undefined) return undefined;
  const position = { seq: parseInt(seq, 36), atMillis: parseInt(atMillis, 36) };
  return Number.isSafeInteger(position.seq) && Number.isSafeInteger(position.atMillis) ? position : undefined;
}
