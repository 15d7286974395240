import type { EntityManager } from 'typeorm';
import { INSERT_ROWS, insertTogether, ROWS_PER_STATEMENT } from '../database/insert-together';
import { isPostgres, query, type SqlValue } from '../database/sql';
import { countIn, type PointBlock } from './point-block';
import { COLUMNS, insertion } from './point-statements';

/** Inserts the points of blocks, none of which is stored. */
export async function insertBlocks(
  manager: EntityManager,
  source: number,
  blocks: readonly PointBlock[],
): Promise<void> {
  const width = blocks.reduce((most, { columns }) => Math.max(most, columns.length), 0);
  const rows = new BlockRows(blocks);
  const count = countIn(blocks);
  if (isPostgres(manager)) {
    const values: SqlValue[] = [];
    for (let left = count; left > 0; left--) {
      values.push(source, rows.next(), 0);
      for (let slot = 0; slot < width; slot++) values.push(rows.valueOf(slot));
    }
    return insertTogether(manager, insertion(width, false), values);
  }
  for (let left = count; left > 0;) {
    const size = ROWS_PER_STATEMENT.find((one) => one <= left) ?? 1;
    // Has its final length from the beginning: a list that grows takes longer to fill.
    const values = new Array<SqlValue>(1 + size * (1 + width)).fill(source);
    for (let place = 1; place < values.length;) {
      values[place++] = rows.next();
      for (let slot = 0; slot < width; slot++) values[place++] = rows.valueOf(slot);
    }
    await query(manager, insertOfSource(width, size), values);
    left -= size;
  }
}

/** Walks through the rows of blocks. */
class BlockRows {
  private block = 0;
  private row = -1;

  constructor(private readonly blocks: readonly PointBlock[]) {}

  /** Moves to the next row, and returns its time. */
  next(): number {
    this.row += 1;
    while (this.row === this.blocks[this.block]?.ats.length) {
      this.block += 1;
      this.row = 0;
    }
    return this.blocks[this.block]?.ats[this.row] as number;
  }

  valueOf(slot: number): number | null {
    return this.blocks[this.block]?.columns[slot]?.[this.row] ?? null;
  }
}

const texts = new Map<string, string>();

/** The source is bound once, and no metadata is a constant: each bound value has a cost. PostgreSQL cannot infer the types of such values. */
function insertOfSource(width: number, rows: number): string {
  const name = `${width} ${rows}`;
  let text = texts.get(name);
  if (text === undefined) {
    const columns = COLUMNS.slice(0, width);
    const row = `(?${', ?'.repeat(width)})`;
    const values = columns.map((_, slot) => `, column${slot + 2}`).join('');
    text = `${INSERT_ROWS.sqlite} points (source, at, meta, ${columns.join(', ')})
      SELECT ?, column1, 0${values} FROM (VALUES ${Array(rows).fill(row).join(', ')})`;
    texts.set(name, text);
  }
  return text;
}
