import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { findNextSource, lockSourceNumber } from '../sources/source-rows';
import { endTask, readTask, saveTask } from '../database/resumable-tasks';
import { Writer } from '../database/writer';
import { countAllStored } from './point-totals';
import { PointStore } from './point-store';

const TASK = 'rollups:rebuild';
/** So many points are summed up in some ten milliseconds, the commit included. */
const POINTS_PER_STEP = 3000;

/** Where the next step begins. */
interface Place {
  /** Sources up to this one are done. */
  readonly source: number;
  /** The rollup window of the next source to go on with. */
  readonly quarter: number;
  /** How many points are done. */
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
   * Resumes where it was interrupted, or starts.
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
    const all = await countAllStored(manager);
    for (;;) {
      const next = await this.step(place);
      if (!next) return { points: place.points, done: true };
      place = next;
      tell(place.points, all);
      if (isStopped()) return { points: place.points, done: false };
    }
  }

  /** One transaction: some rollup windows of a source, or its end. Gives nothing when no source is left. */
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
