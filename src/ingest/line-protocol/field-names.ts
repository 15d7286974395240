import { BACKSLASH, COMMA, EQUALS, SPACE, unescaped } from './bytes';

/** Names beyond these are parsed again in each line. */
const MAX_KEPT = 4096;
const ESCAPED = [COMMA, EQUALS, SPACE];

/** A field's name, as bytes and as text. */
export class FieldName {
  /** The line in which the parser last met it, and the place of its value there. */
  seenIn = 0;
  place = 0;

  constructor(
    private readonly raw: Buffer,
    readonly text: string,
    /** Whether it has bytes beyond ASCII. */
    readonly isWide = raw.some((byte) => byte >= 0x80),
  ) {}

  /** The place after this name and `=`, or 0 if something else stands there. */
  endIn(bytes: Buffer, start: number): number {
    const { raw } = this;
    const { length } = raw;
    if (start + length >= bytes.length || bytes[start + length] !== EQUALS) return 0;
    for (let index = 0; index < length; index++) if (bytes[start + index] !== raw[index]) return 0;
    // Otherwise the name could end with a backslash, and the equals sign be a part of a longer name.
    return raw[length - 1] === BACKSLASH ? 0 : start + length + 1;
  }
}

/** The names of fields by their bytes, so that each is decoded once. */
export class FieldNames {
  private readonly byBytes = new Map<string, FieldName>();

  find(bytes: Buffer, start: number, end: number): FieldName {
    const raw = bytes.toString('latin1', start, end);
    const known = this.byBytes.get(raw);
    if (known) return known;
    const text = unescaped(bytes, start, end, ESCAPED);
    const name = new FieldName(Buffer.from(bytes.subarray(start, end)), text);
    if (this.byBytes.size >= MAX_KEPT) this.byBytes.clear();
    this.byBytes.set(raw, name);
    return name;
  }
}
