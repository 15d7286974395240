import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Schema } from '../sources/schema';
import { endTask, readTask, saveTask } from '../database/resumable-tasks';
import { query } from '../database/sql';
import { Writer } from '../database/writer';
import { PointStore, type StoredSource } from './point-store';

const TASK = 'rollups:rebuild';
/** So many points are summed up in some ten milliseconds, the commit included. */
const POINTS_PER_STEP = 3000;

const NEXT_SOURCE = `SELECT number, schema FROM data_sources WHERE deleted_at IS NULL AND number > ? ORDER BY number LIMIT 1`;
const ALL_POINTS = 'SELECT coalesce(sum(count), 0) AS count FROM point_totals';

/** Where the next step begins. */
interface Place {
  /** Sources up to this one are done. */
  readonly source: number;
  /** The quarter of the next source to go on with. */
  readonly quarter: number;
  /** How many points are done. */
  readonly points: number;
}

/** Makes what all quarters of an hour come to, and the totals, anew from the points, in small steps, while the server runs. */
@Injectable()
export class RollupRebuild {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly store: PointStore,
  ) {}

  /**
   * Goes on where it was interrupted, or begins.
   *
   * @param tell is told after each step how many points are done, of about how many
   * @param isStopped ends it after a step
   * @returns the points that were done in all, and whether that was all there is to do
   */
  async run(
    tell: (done: number, of: number) => void,
    isStopped: () => boolean,
  ): Promise<{ points: number; done: boolean }> {
    const { manager } = this.dataSource;
    let place = (await readTask<Place>(manager, TASK)) ?? { source: 0, quarter: 0, points: 0 };
    const [all] = await query<{ count: number }>(manager, ALL_POINTS, []);
    for (;;) {
      const next = await this.step(place);
      if (!next) return { points: place.points, done: true };
      place = next;
      tell(place.points, all?.count ?? 0);
      if (isStopped()) return { points: place.points, done: false };
    }
  }

  /** One transaction: some quarters of a source, or its end. Gives nothing when no source is left. */
  private step({ source: before, quarter, points }: Place): Promise<Place | undefined> {
    return this.writer.write(async (manager) => {
      const [row] = await query<{ number: number; schema: string }>(manager, NEXT_SOURCE, [before]);
      if (!row) {
        await endTask(manager, TASK);
        return undefined;
      }
      const source: StoredSource = { number: row.number, schema: JSON.parse(row.schema) as Schema };
      await this.store.hold(manager, source);
      const made = await this.store.rebuild(manager, source, quarter, POINTS_PER_STEP);
      const place =
        made.next === undefined
          ? { source: row.number, quarter: 0, points: points + made.points }
          : { source: before, quarter: made.next, points: points + made.points };
      await saveTask(manager, TASK, place);
      return place;
    });
  }
}
