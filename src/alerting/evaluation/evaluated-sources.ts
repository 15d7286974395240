import type { EntityManager } from 'typeorm';
import { visibleFrom } from '../../common/retention';
import type { Schema } from '../../sources/schema';
import { query } from '../../database/sql';
import type { EvaluatedSource } from './alert-notifier';

const FIND = `SELECT s.id, s.number, s.schema, s.status, b.status AS "bucketStatus",
    b.retention_days AS "retentionDays"
  FROM data_sources s JOIN buckets b ON b.id = s.bucket_id WHERE s.id = ?`;

interface Row {
  readonly id: string;
  readonly number: number;
  readonly schema: string;
  readonly status: string;
  readonly bucketStatus: string;
  readonly retentionDays: number | null;
}

/** A source as its rules judge it, and whether it takes no points since it or its bucket is archived. */
export async function findEvaluatedSource(
  manager: EntityManager,
  id: string,
  now: number,
): Promise<(EvaluatedSource & { readonly isArchived: boolean }) | undefined> {
  const [row] = await query<Row>(manager, FIND, [id]);
  return (
    row && {
      id,
      number: row.number,
      schema: JSON.parse(row.schema) as Schema,
      visibleFrom: visibleFrom(row, now),
      isArchived: row.status !== 'active' || row.bucketStatus !== 'active',
    }
  );
}
