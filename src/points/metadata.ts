import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Pause } from '../common/http/pause';
import { query } from '../database/sql';

/** As many texts as are remembered, so that the usual batch asks the database for none. */
const MOST_KEPT = 20_000;

const FIND = 'SELECT number FROM point_metadata WHERE source = ? AND digest = ?';
const NEXT = 'SELECT coalesce(max(number), 0) + 1 AS number FROM point_metadata WHERE source = ?';
const INSERT = 'INSERT INTO point_metadata (source, number, digest, text) VALUES (?, ?, ?, ?)';
const PAGE = 'SELECT number, text FROM point_metadata WHERE source = ? AND number > ? ORDER BY number LIMIT 5000';
const NUMBERS_PER_STATEMENT = 100;
const FIND_TEXTS = `SELECT number, text FROM point_metadata WHERE source = ? AND number IN (${Array(NUMBERS_PER_STATEMENT).fill('?').join(', ')})`;

/** Flat metadata of a point, as a client gives it. */
export type Metadata = Readonly<Record<string, string | number | boolean | null>>;

/** Numbers by their texts, source by source. */
export type Learnt = Map<number, Map<string, number>>;

/** Metadata by numbers: each text is stored once for each source. */
@Injectable()
export class MetadataDictionary {
  /** Of what is committed only: a number that was rolled back may be given to another text. */
  private readonly numbers: Learnt = new Map();
  private kept = 0;

  /**
   * Gives points of a source, which must be held by the transaction, the numbers of their texts. New ones are stored.
   *
   * @param texts of the points in their order, null for none
   * @param learnt what to hand to `remember` once the transaction is committed
   */
  async number(
    manager: EntityManager,
    source: number,
    points: readonly { meta: number }[],
    texts: readonly (string | null)[],
    learnt: Learnt,
  ): Promise<void> {
    const known = this.numbers.get(source);
    for (let index = 0; index < points.length; index++) {
      const text = texts[index] as string | null;
      if (text === null) continue;
      let number = known?.get(text) ?? learnt.get(source)?.get(text);
      if (number === undefined) {
        number = await this.findOrAdd(manager, source, text);
        note(learnt, source, text, number);
      }
      (points[index] as { meta: number }).meta = number;
    }
  }

  private async findOrAdd(manager: EntityManager, source: number, text: string): Promise<number> {
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 32);
    const [found] = await query<{ number: number }>(manager, FIND, [source, digest]);
    if (found) return found.number;
    const [next] = await query<{ number: number }>(manager, NEXT, [source]);
    const number = next?.number ?? 1;
    await query(manager, INSERT, [source, number, digest, text]);
    return number;
  }

  remember(learnt: Learnt): void {
    for (const [source, texts] of learnt)
      for (const [text, number] of texts) {
        if (this.kept === MOST_KEPT) {
          this.numbers.clear();
          this.kept = 0;
        }
        this.kept += 1;
        note(this.numbers, source, text, number);
      }
  }

  /** The metadata of these numbers of a source. */
  async read(manager: EntityManager, source: number, numbers: Iterable<number>): Promise<Map<number, Metadata>> {
    const wanted = [...new Set(numbers)].filter((number) => number !== 0);
    const found = new Map<number, Metadata>();
    for (let start = 0; start < wanted.length; start += NUMBERS_PER_STATEMENT) {
      const slice = wanted.slice(start, start + NUMBERS_PER_STATEMENT);
      const filled = Array.from({ length: NUMBERS_PER_STATEMENT }, (_, index) => slice[index] ?? 0);
      const rows = await query<{ number: number; text: string }>(manager, FIND_TEXTS, [source, ...filled]);
      for (const { number, text } of rows) found.set(number, JSON.parse(text) as Metadata);
    }
    return found;
  }

  /** The numbers of all metadata of a source that have these entries, among others. */
  async matching(manager: EntityManager, source: number, entries: Metadata, pause: Pause): Promise<Set<number>> {
    const wanted = Object.entries(entries);
    const found = new Set<number>();
    for (let last = 0; ;) {
      const rows = await query<{ number: number; text: string }>(manager, PAGE, [source, last]);
      for (const { number, text } of rows) {
        const metadata = JSON.parse(text) as Metadata;
        if (wanted.every(([name, value]) => Object.hasOwn(metadata, name) && metadata[name] === value))
          found.add(number);
        last = number;
      }
      if (rows.length < 5000) return found;
      await pause();
    }
  }
}

function note(learnt: Learnt, source: number, text: string, number: number): void {
  const texts = learnt.get(source);
  if (texts) texts.set(text, number);
  else learnt.set(source, new Map([[text, number]]));
}
