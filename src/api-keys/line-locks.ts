import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BucketsService } from '../buckets/buckets.service';
import { ApiError } from '../common/errors';
import { MAX_PROBLEMS } from '../common/validation/checked-fields';
import type { AuditRecorder } from '../common/audit-event';
import { query } from '../database/sql';
import { Writer } from '../database/writer';
import type { ApiKey } from './api-key.entity';
import { KEY_NOT_FOUND, LINE_FULL } from './api-keys.errors';
import type { KeyChoice } from './key-choice';
import { lockAndReadLines, type KeyOfLine, type LockedLine } from './locked-lines';
import { marksFor } from './key-table';
import { callerOfScope, type KeyScope } from './new-key';

/** Work on one key, in a transaction that holds its rotation line. */
export type LineWork<T> = (manager: EntityManager, audit: AuditRecorder, line: LockedLine) => Promise<T>;

/** Work on several keys, in a transaction that holds their lines. */
export type LinesWork<T> = (manager: EntityManager, audit: AuditRecorder, lines: readonly LockedLine[]) => Promise<T>;

/**
 * Refuses a change that makes a rotation line exceed the limit. A line that exceeds it already, from before the limit existed, may stay.
 *
 * @throws ApiError `LINE_FULL`, which names the oldest valid key
 */
export function requireRoomInLine(living: readonly ApiKey[], livingAfter: number, most: number): void {
  const [oldest] = living;
  if (livingAfter <= most || livingAfter <= living.length || !oldest) return;
  const words = { most: String(most), oldest: oldest.id };
  throw new ApiError(LINE_FULL, { words, body: { apiKeyId: oldest.id } });
}

/** Runs work on keys in a transaction that has locked and read their lines. */
@Injectable()
export class LineLocks {
  constructor(
    private readonly writer: Writer,
    private readonly buckets: BucketsService,
  ) {}

  /**
   * Runs work on a key that is not deleted, while nothing else changes it or its line. For an Admin key, no other Admin key of
   * the organization is changed meanwhile: otherwise two requests could each delete one of the last two.
   *
   * @throws ApiError `KEY_NOT_FOUND`, or `BUCKET_NOT_FOUND` for a bucket of another organization
   */
  withLockedKey<T>(scope: KeyScope, id: string, work: LineWork<T>): Promise<T> {
    return this.withLockedLines(scope, { ids: [id], kept: true }, (manager, audit, [line]) => {
      if (!line) throw new ApiError(KEY_NOT_FOUND);
      return work(manager, audit, line);
    });
  }

  /** Runs work on a key that may be deleted, in the same way. */
  withLockedKeyInAnyState<T>(scope: KeyScope, id: string, work: LineWork<T>): Promise<T> {
    return this.withLockedLines(scope, { ids: [id], kept: false }, (manager, audit, [line]) => {
      if (!line) throw new ApiError(KEY_NOT_FOUND);
      return work(manager, audit, line);
    });
  }

  /**
   * Runs work on several keys that are not deleted, each with its line, in the order of the selection.
   *
   * @throws ApiError `KEY_NOT_FOUND` with the places of missing keys; 400 if a filter matches too many; `BUCKET_NOT_FOUND`
   * @param before runs once the lines are locked, before missing keys are refused
   */
  withLockedKeys<T>(
    scope: KeyScope,
    choice: KeyChoice,
    work: LinesWork<T>,
    before?: (manager: EntityManager) => Promise<void>,
  ): Promise<T> {
    const ids = [...new Set('ids' in choice ? choice.ids : choice.found)];
    return this.withLockedLines(scope, { ids, kept: true }, async (manager, audit, lines) => {
      await before?.(manager);
      if ('ids' in choice) requireAll(choice.ids, lines);
      const now = Date.now();
      const chosen = 'ids' in choice ? lines : lines.filter(({ key }) => choice.matches(key, now));
      return work(manager, audit, chosen);
    });
  }

  private withLockedLines<T>(
    scope: KeyScope,
    { ids, kept }: { readonly ids: readonly string[]; readonly kept: boolean },
    work: LinesWork<T>,
  ): Promise<T> {
    const { organizationId, bucketId } = scope;
    const where = kept
      ? ` AND organization_id = ? AND ${bucketId === null ? 'bucket_id IS NULL' : 'bucket_id = ?'}`
      : '';
    const own = kept ? [organizationId, ...(bucketId === null ? [] : [bucketId])] : [];
    return this.writer.write(
      async (manager, audit) => {
        if (bucketId !== null) await this.buckets.hold(manager, organizationId, bucketId, 'SHARE');
        const sql = `SELECT id, line_id AS "lineId" FROM api_keys WHERE id IN (${marksFor(ids)})${where}`;
        const found = ids.length === 0 ? [] : await query<KeyOfLine>(manager, sql, [...ids, ...own]);
        const held = await lockAndReadLines(manager, found);
        const lines = ids.flatMap((id) => held.get(id) ?? []);
        return work(manager, audit, kept ? lines.filter(({ key }) => key.deletedAt === null) : lines);
      },
      {
        ...{ space: 'frees', caller: callerOfScope(scope) },
        ...(bucketId === null && { serializeOn: `Admin keys of ${organizationId}` }),
      },
    );
  }
}

/** @throws ApiError `KEY_NOT_FOUND` */
function requireAll(ids: readonly string[], lines: readonly LockedLine[]): void {
  const found = new Set(lines.map(({ key }) => key.id));
  const details = ids.flatMap((id, index) =>
    found.has(id) ? [] : { path: ['body', 'ids', index], message: KEY_NOT_FOUND.message },
  );
  if (details.length > 0) throw new ApiError(KEY_NOT_FOUND, { details: details.slice(0, MAX_PROBLEMS) });
}
