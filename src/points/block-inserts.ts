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
  const rows = new BlockRows(blocks, width);
  const count = countIn(blocks);
  if (isPostgres(manager)) {
    const values: SqlValue[] = [];
    for (let left = count; left > 0; left--) {
      values.push(source, rows.nextAt(), 0);
      rows.takeValues(values);
    }
    return insertTogether(manager, insertion(width, false), values);
  }
  for (let left = count; left > 0;) {
    const size = ROWS_PER_STATEMENT.find((one) => one <= left) ?? 1;
    const values: SqlValue[] = [source];
    for (let row = 0; row < size; row++) {
      values.push(rows.nextAt());
      rows.takeValues(values);
    }
    await query(manager, insertOfSource(width, size), values);
    left -= size;
  }
}

/** Walks through the rows of blocks. */
class BlockRows {
  private block = 0;
  private row = 0;

  constructor(
    private readonly blocks: readonly PointBlock[],
    private readonly width: number,
  ) {}

  nextAt(): number {
    while (this.row === this.blocks[this.block]?.ats.length) {
      this.block += 1;
      this.row = 0;
    }
    return this.blocks[this.block]?.ats[this.row] as number;
  }

  /** Adds the values of the row by slot, and moves to the next row. */
  takeValues(values: SqlValue[]): void {
    const { columns } = this.blocks[this.block] as PointBlock;
    for (let slot = 0; slot < this.width; slot++) values.push(columns[slot]?.[this.row] ?? null);
    this.row += 1;
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
