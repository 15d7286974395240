import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Schema } from '../sources/schema';
import type { PackedPoint } from '../points/values';

/** A data source that somebody watches, held by the transaction. */
export interface WatchedSource {
  readonly id: string;
  readonly number: number;
  readonly schema: Schema;
  /** Another one whenever what watches it changes; 0 if nothing ever did. */
  readonly watchVersion: number;
  /** What is stored from before this time counts for nothing: the bucket's retention hides it. */
  readonly visibleFrom: number;
}

/** Who wants to know of points. */
export interface PointWatcher {
  /**
   * Is asked before points are stored, in the transaction that stores them: what it writes is committed with them.
   *
   * @param points in the order in which they were sent
   * @returns whether it wants to be told of the commit
   */
  beforeStored(manager: EntityManager, source: WatchedSource, points: readonly PackedPoint[]): Promise<boolean>;
  /** Is told that what it wrote is on disk. */
  committed(): void;
}

/** Where an upper room says that it watches points, which this room stores without knowing what for. */
@Injectable()
export class PointWatch {
  private watcher: PointWatcher | undefined;

  register(watcher: PointWatcher): void {
    this.watcher = watcher;
  }

  /** Has nobody asked from now on: for a process that only brings in what is long past. */
  rest(): void {
    this.watcher = undefined;
  }

  async beforeStored(...told: Parameters<PointWatcher['beforeStored']>): Promise<boolean> {
    return (await this.watcher?.beforeStored(...told)) ?? false;
  }

  committed(): void {
    this.watcher?.committed();
  }
}
