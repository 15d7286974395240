import type { Field, Schema } from '../../../sources/schema';
import type { Cursor } from './cursor';

/** Fields whose name matches the next tokens. More than one if their normalized names are equal. */
export interface FieldMatch {
  readonly fields: readonly Field[];
  readonly length: number;
  /** Whether the name matches character by character. */
  readonly isExact: boolean;
}

const MAX_WORDS = 64;

/** Finds the fields of a schema by their names, exact or in words. */
export class FieldNames {
  private readonly byName = new Map<string, Field>();
  private readonly byNormalizedName = new Map<string, Field[]>();
  private readonly longest: number;

  constructor(readonly schema: Schema) {
    for (const field of schema) {
      this.byName.set(field.name, field);
      // Conditions arrive in NFC; names of line protocol stay as they were sent.
      const composed = field.name.normalize('NFC');
      if (composed !== field.name && !this.byName.has(composed)) this.byName.set(composed, field);
      const normalized = normalizeName(field.name);
      this.byNormalizedName.set(normalized, [...(this.byNormalizedName.get(normalized) ?? []), field]);
    }
    this.longest = Math.max(0, ...[...this.byNormalizedName.keys()].map((normalized) => normalized.length));
  }

  /** The fields that match at the cursor, the longest match first. `pm2.5`, `PM 2.5` and `pm2_5` match each other; an exact name wins. */
  matchesAt(cursor: Cursor): readonly FieldMatch[] {
    const found: FieldMatch[] = [];
    if (cursor.token?.kind === 'quoted') {
      const fields = this.of(cursor.token.text, normalizeName(cursor.token.text));
      return fields ? [{ fields, length: 1, isExact: true }] : [];
    }
    let normalized = '';
    for (let count = 1; count <= MAX_WORDS && normalized.length <= this.longest; count++) {
      const token = cursor.peek(count - 1);
      if (token?.kind !== 'word' && token?.kind !== 'number') break;
      normalized += normalizeName(token.text);
      const name = cursor.slice(cursor.index, cursor.index + count);
      const fields = this.of(name, normalized);
      if (fields) found.unshift({ fields, length: count, isExact: this.byName.has(name) });
      // A name that consists of separators is not a prefix of another.
      if (normalizeName(token.text) === '') break;
    }
    return found;
  }

  private of(name: string, normalized: string): readonly Field[] | undefined {
    const exact = this.byName.get(name);
    if (exact) return [exact];
    return normalized === '' ? undefined : this.byNormalizedName.get(normalized);
  }
}

/** A name in lower case without separators: `cpu_usage`, `cpu.usage`, `CPU usage` and `cpuUsage` are equal. */
export function normalizeName(name: string): string {
  let normalized = '';
  for (const character of name.toLowerCase()) if (!'_.- '.includes(character)) normalized += character;
  return normalized;
}
