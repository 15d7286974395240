import type { Pause } from '../common/http/pause';
import type { Field } from '../data-sources/schema';
import type { Value } from '../points/values';
import { fits, type Aggregation, type FieldGroup } from './aggregations';
import { fillHoles, type Fill } from './fill';
import type { SourceGroups } from './grouped-query';

/** So much is done in some milliseconds: values put in order, or rows made at the price of some. */
const WORK_PER_TURN = 20_000;
const WORK_OF_A_ROW = 20;

/** A row of an answer. */
export interface QueryRow {
  readonly _id?: string;
  readonly dataSourceId: string;
  readonly timestamp: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly metadata?: unknown;
  readonly count?: number;
}

export interface RowWish {
  readonly starts: readonly number[];
  readonly fields: readonly Field[];
  readonly aggregations: readonly Aggregation[];
  /** Whether fields that cannot be averaged give their last value. */
  readonly automatic: boolean;
  readonly fill: Fill;
  readonly pause: Pause;
}

/** The rows that the groups of one source make. Those that nobody asks for are not made. */
export class GroupRows {
  /** By field and aggregation, where holes are filled: that takes the whole series. */
  private readonly filled = new Map<string, (Value | null)[]>();

  private constructor(
    private readonly groups: SourceGroups,
    private readonly wish: RowWish,
  ) {}

  static async of(groups: SourceGroups, wish: RowWish): Promise<GroupRows> {
    const rows = new GroupRows(groups, wish);
    if (wish.fill !== 'none') await rows.fillAll();
    return rows;
  }

  isShown(group: number): boolean {
    return this.wish.fill !== 'none' || this.groups.counts[group] !== 0;
  }

  /** How much work a row is, and the work that is too much for one turn done. */
  async prepare(group: number): Promise<number> {
    let work = WORK_OF_A_ROW;
    for (const field of this.groups.fields[group] ?? []) {
      work += field.unsorted;
      if (field.unsorted > WORK_PER_TURN) await field.sort(this.wish.pause);
    }
    return work;
  }

  row(group: number): QueryRow {
    const { starts, fields, aggregations, fill } = this.wish;
    const values: Record<string, unknown> = {};
    for (const [index, field] of fields.entries()) {
      const given = this.aggregationsOf(field).map((one) => [one.name, this.valueAt(group, index, one.real)] as const);
      if (fill === 'none' && given.every(([, value]) => value === null)) continue;
      values[field.name] = aggregations.length === 1 ? (given[0]?.[1] ?? null) : Object.fromEntries(given);
    }
    const timestamp = new Date(starts[group] ?? 0).toISOString();
    return { timestamp, dataSourceId: this.groups.source.id, values, count: this.groups.counts[group] ?? 0 };
  }

  private valueAt(group: number, field: number, aggregation: Aggregation): Value | null {
    const filled = this.filled.get(`${field} ${aggregation}`);
    return filled ? (filled[group] ?? null) : resultOf(this.groups.fields[group]?.[field], aggregation);
  }

  /** What is told of a field, under the name that was asked for. */
  private aggregationsOf(field: Field): { name: Aggregation; real: Aggregation }[] {
    const { aggregations, automatic } = this.wish;
    return aggregations.flatMap((name) => {
      const real = automatic && !fits(field, name) ? 'last' : name;
      return fits(field, real) ? [{ name, real }] : [];
    });
  }

  private async fillAll(): Promise<void> {
    const { fields, starts, fill, pause } = this.wish;
    let work = 0;
    for (let group = 0; group < this.groups.counts.length; group++) {
      work += await this.prepare(group);
      if (work < WORK_PER_TURN) continue;
      work = 0;
      await pause();
    }
    for (const [index, field] of fields.entries())
      for (const { real } of this.aggregationsOf(field)) {
        const series = this.groups.fields.map((group) => resultOf(group?.[index], real));
        if (real !== 'count') fillHoles(series, starts, fill);
        this.filled.set(`${index} ${real}`, series);
        await pause();
      }
  }
}

function resultOf(group: FieldGroup | undefined, aggregation: Aggregation): Value | null {
  return group?.result(aggregation) ?? null;
}

/** One page of the rows of several sources by time; within a moment, source by source. */
export async function pageOf(
  answers: readonly GroupRows[],
  {
    groups,
    sort,
    offset,
    limit,
    pause,
  }: { groups: number; sort: 'asc' | 'desc'; offset: number; limit: number; pause: Pause },
): Promise<{ rows: QueryRow[]; hasMore: boolean }> {
  const rows: QueryRow[] = [];
  let passed = 0;
  let work = 0;
  for (let index = 0; index < groups; index++) {
    const group = sort === 'asc' ? index : groups - 1 - index;
    for (const answer of answers) {
      if (!answer.isShown(group)) continue;
      if (passed < offset) {
        passed += 1;
        continue;
      }
      if (rows.length === limit) return { rows, hasMore: true };
      work += await answer.prepare(group);
      rows.push(answer.row(group));
      if (work < WORK_PER_TURN) continue;
      work = 0;
      await pause();
    }
  }
  return { rows, hasMore: false };
}
