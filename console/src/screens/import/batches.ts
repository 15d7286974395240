import type { BadRow } from './bad-rows';
import type { FilledSource, ImportCounts } from './import-place';
import type { ReadRow } from './point-reader';

/** Rows that are sent together. */
const MAX_ROWS = 1000;
/** Of characters: well below the least that servers and proxies take in a request. */
const MAX_LENGTH = 400_000;
/** The names and marks around a value. */
const VALUE_LENGTH = 24;

/** Collects rows until they are worth a request. */
export class Batch {
  readonly rows: ReadRow[] = [];
  private length = 0;

  add(row: ReadRow): void {
    this.rows.push(row);
    for (const cell of row.cells) this.length += cell.length + VALUE_LENGTH;
  }

  get isFull(): boolean {
    return this.rows.length >= MAX_ROWS || this.length >= MAX_LENGTH;
  }

  /** The rows that can be stored. */
  get good(): ReadRow[] {
    return this.rows.filter(({ problems }) => problems.length === 0);
  }

  /** The rows that cannot be read. */
  get bad(): BadRow[] {
    const bad = this.rows.filter(({ problems }) => problems.length > 0);
    return bad.map(({ line, cells, problems }) => ({ line, cells, reason: problems.map(sentenceOf).join('; ') }));
  }
}

function sentenceOf({ message }: ReadRow['problems'][number]): string {
  return message;
}

/** The answer to a batch. */
export interface BatchAnswer {
  readonly inserted: number;
  readonly updated: number;
  readonly duplicates: number;
  readonly errors?: readonly { readonly index: number; readonly message: string }[];
}

/** The rows that the server refused, with its reasons. */
export function refusedRows(rows: readonly ReadRow[], { errors = [] }: BatchAnswer): BadRow[] {
  return errors.flatMap(({ index, message }) => {
    const row = rows[index];
    return row ? [{ line: row.line, cells: row.cells, reason: message }] : [];
  });
}

export function addCounts(counts: ImportCounts, answer: BatchAnswer, refused: number): ImportCounts {
  return {
    stored: counts.stored + answer.inserted,
    updated: counts.updated + answer.updated,
    known: counts.known + answer.duplicates,
    refused: counts.refused + refused,
  };
}

/** The data sources with the rows that were stored in them. */
export function addSources(
  sources: readonly FilledSource[],
  rows: readonly ReadRow[],
  find: (name: string) => { readonly id: string; readonly name: string },
): readonly FilledSource[] {
  const filled = new Map(sources.map((one) => [one.id, { ...one }]));
  for (const { source, at = 0 } of rows) {
    const { id, name } = find(source);
    const one = filled.get(id) ?? { id, name, points: 0, from: at, to: at };
    one.points += 1;
    one.from = Math.min(one.from, at);
    one.to = Math.max(one.to, at);
    filled.set(id, one);
  }
  return [...filled.values()];
}

export const NOTHING_SENT: BatchAnswer = { inserted: 0, updated: 0, duplicates: 0 };

/** The answers to two parts of a batch as one. @param offset of the second part */
export function joinedAnswers(first: BatchAnswer, second: BatchAnswer, offset: number): BatchAnswer {
  const moved = (second.errors ?? []).map(({ index, message }) => ({ index: index + offset, message }));
  return {
    inserted: first.inserted + second.inserted,
    updated: first.updated + second.updated,
    duplicates: first.duplicates + second.duplicates,
    errors: [...(first.errors ?? []), ...moved],
  };
}
