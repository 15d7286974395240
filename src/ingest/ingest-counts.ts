import { Injectable } from '@nestjs/common';
import { ApiError } from '../common/errors';
import type { ErrorCode } from '../common/error-codes';

/** How points reach the server. */
export type Way = 'json' | 'csv' | 'line_protocol' | 'mqtt';

/** Counts the points that were stored and refused since the start, for `/metrics`. */
@Injectable()
export class IngestCounts {
  private readonly byWay = new Map<Way, number>();
  private readonly byReason = new Map<Way, Map<ErrorCode, number>>();

  addStored(way: Way, points: number): void {
    this.byWay.set(way, (this.byWay.get(way) ?? 0) + points);
  }

  addRejected(way: Way, reason: ErrorCode, points: number): void {
    let reasons = this.byReason.get(way);
    if (!reasons) this.byReason.set(way, (reasons = new Map<ErrorCode, number>()));
    reasons.set(reason, (reasons.get(reason) ?? 0) + points);
  }

  /** Runs a request with points. If it is refused, all of them count as rejected, with the code of its error. */
  async refusedOf<T>(way: Way, points: number, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof ApiError) this.addRejected(way, cause.code, points);
      throw cause;
    }
  }

  /** Points that were accepted: new ones, updates and duplicates. */
  get stored(): ReadonlyMap<Way, number> {
    return this.byWay;
  }

  /** Points that were not stored, by the code of the error. */
  get rejected(): ReadonlyMap<Way, ReadonlyMap<ErrorCode, number>> {
    return this.byReason;
  }
}
