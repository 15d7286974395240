import { isRelationNext } from './comparisons';
import type { Cursor } from './cursor';
import type { FieldNames } from './field-names';
import { isTerminator } from './suffixes';

/** A part of a condition, as offsets `[start, end)` in UTF-16 code units. At the end of the text both are its length. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Finds which part of the text an error is about. Does not move the cursor. */
export class Places {
  constructor(
    private readonly cursor: Cursor,
    private readonly names: FieldNames,
  ) {}

  /** What was read from an offset on; if nothing was, the token there. */
  from(start: number): Place {
    const read = this.cursor.peek(-1)?.end ?? start;
    if (read > start) return { start, end: read };
    const token = this.cursor.tokens.find(({ at }) => at === start);
    return { start, end: token?.end ?? start };
  }

  /** The next token. */
  next(): Place {
    return this.tokens(1);
  }

  /** The next tokens, which are not understood: up to a known field, a comparison, a number or a conjunction. */
  unknown(): Place {
    const { cursor, names } = this;
    const start = cursor.index;
    let count = 1;
    for (; !isTerminator(cursor.peek(count)); count++) {
      const kind = cursor.peek(count)?.kind;
      if (kind !== 'word') break;
      cursor.index = start + count;
      const isKnown = names.matchesAt(cursor).length > 0 || isRelationNext(cursor);
      cursor.index = start;
      if (isKnown) break;
    }
    return this.tokens(count);
  }

  /** The next words, up to a duration, a comma or a conjunction. */
  words(): Place {
    const { cursor } = this;
    let count = 1;
    while (!isTerminator(cursor.peek(count)) && cursor.peek(count)?.kind === 'word') count += 1;
    return this.tokens(count);
  }

  /** The next tokens, so many of them. */
  tokens(count: number): Place {
    const { cursor } = this;
    const { at } = cursor;
    return { start: at, end: cursor.peek(count - 1)?.end ?? at };
  }
}
