import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { findNextSource, lockSourceNumber } from '../sources/source-rows';
import { endTask, readTask, saveTask } from '../database/resumable-tasks';
import { Writer } from '../database/writer';
import { countAllStored } from './point-totals';
import { PointStore } from './point-store';

const TASK = 'rollups:rebuild';
/** Points aggregated in about ten milliseconds, including the commit. */
const POINTS_PER_STEP = 3000;

/** The start of the next step. */
interface Place {
  /** The number of the last source that is complete. */
  readonly source: number;
  /** The rollup window of the next source to continue with. Stored under this name. */
  readonly quarter: number;
  /** The number of points processed so far. */
  readonly points: number;
}

/** Rebuilds all rollups and totals from the points, in small steps, while the server runs. */
@Injectable()
export class RollupRebuild {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly store: PointStore,
  ) {}

  /**
   * Starts the rebuild, or resumes it where it was interrupted.
   *
   * @param report called after each step with the number of processed points and an estimate of the total
   * @param isStopped checked after each step; true stops the rebuild
   * @returns the number of processed points, and whether the rebuild is complete
   */
  async run(
    report: (done: number, of: number) => void,
    isStopped: () => boolean,
  ): Promise<{ points: number; done: boolean }> {
    const { manager } = this.dataSource;
    let place = (await readTask<Place>(manager, TASK)) ?? { source: 0, quarter: 0, points: 0 };
    const all = await countAllStored(manager);
    for (;;) {
      const next = await this.step(place);
      if (!next) return { points: place.points, done: true };
      place = next;
      report(place.points, all);
      if (isStopped()) return { points: place.points, done: false };
    }
  }

  /** Processes some rollup windows of a source in one transaction. Returns undefined when no source is left. */
  private step({ source: before, quarter, points }: Place): Promise<Place | undefined> {
    return this.writer.write(async (manager) => {
      const source = await findNextSource(manager, before);
      if (!source) {
        await endTask(manager, TASK);
        return undefined;
      }
      await lockSourceNumber(manager, source.number);
      const made = await this.store.rebuild(manager, source, quarter, POINTS_PER_STEP);
      const place =
        made.next === undefined
          ? { source: source.number, quarter: 0, points: points + made.points }
          : { source: before, quarter: made.next, points: points + made.points };
      await saveTask(manager, TASK, place);
      return place;
    });
  }
}
