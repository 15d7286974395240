import { Injectable } from '@nestjs/common';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { problemOf, ValidationError } from '../common/errors';
import type { YieldTurn } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import { SourcesService } from '../sources/sources.service';
import { BucketAccess } from '../buckets/bucket-access';
import { visibleFrom } from '../common/retention';
import { Writer } from '../database/writer';
import { PointRemoval } from '../points/point-removal';
import { isoTime } from '../common/times';
import { TIMES_REVERSED } from '../query/query.errors';

/** The points to delete. */
export interface DeletionRequest {
  readonly bucketId: string;
  readonly dataSourceId?: string | undefined;
  readonly startTime: number;
  readonly endTime: number;
}

/** Deletes points on request. */
@Injectable()
export class PointDeletionService {
  constructor(
    private readonly buckets: BucketAccess,
    private readonly sources: SourcesService,
    private readonly removal: PointRemoval,
    private readonly writer: Writer,
  ) {}

  /**
   * Deletes the points of a range in small steps, and returns how many of them were visible. Points hidden by the retention are
   * deleted too but not counted. A crash may leave some of the points. A client that disconnects after
   * its data sources are found changes nothing.
   */
  async remove(by: Actor, key: CurrentApiKey, request: DeletionRequest, yieldTurn: YieldTurn): Promise<number> {
    const { bucketId, dataSourceId, startTime, endTime } = request;
    if (startTime >= endTime) throw new ValidationError([problemOf(TIMES_REVERSED, ['body', 'startTime'])]);
    const visible = visibleFrom(await this.buckets.get(key, bucketId), Date.now());
    const sources = await this.sources.listByIds(
      key,
      bucketId,
      dataSourceId === undefined ? undefined : [dataSourceId],
      yieldTurn,
    );
    let removed = 0;
    try {
      for (const source of sources) {
        if (startTime < visible) await this.removal.remove(source, [startTime, Math.min(endTime, visible)]);
        if (endTime > visible) removed += await this.removal.remove(source, [Math.max(startTime, visible), endTime]);
      }
    } finally {
      await this.note(by, key, request, removed);
    }
    return removed;
  }

  /** Records the deleted points, even if the rest failed. */
  private note(by: Actor, { organizationId }: CurrentApiKey, request: DeletionRequest, removed: number): Promise<void> {
    const { bucketId, dataSourceId } = request;
    const target =
      dataSourceId === undefined
        ? ({ type: 'bucket', id: bucketId } as const)
        : ({ type: 'data source', id: dataSourceId } as const);
    const details = { startTime: isoTime(request.startTime), endTime: isoTime(request.endTime), dataPoints: removed };
    return this.writer.write(
      (_manager, audit) =>
        Promise.resolve(audit({ by, action: 'data.deleted', organizationId, bucketId, target, details })),
      { space: 'frees' },
    );
  }
}
