import { createHash } from 'node:crypto';
import { realpathSync, statSync, type ReadStream } from 'node:fs';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Schema } from '../data-sources/schema';
import { endTask, readTask, saveTask } from '../database/long-tasks';
import { query } from '../database/sql';
import { Writer } from '../database/writer';
import { ImportError, readImport, type ImportFile, type ImportRecord } from './import-reader';
import { Ingest } from './ingest.service';
import { PointWatch } from './point-watch';
import { Fault, pointReader, type SentPoint } from './point-check';

const POINTS_PER_BATCH = 1000;
/** As many problems are told one by one. */
export const MOST_TOLD = 20;

const FIND_SOURCE = `SELECT b.organization_id AS "organizationId", s.name, s.schema FROM data_sources s
  JOIN buckets b ON b.id = s.bucket_id WHERE s.id = ? AND s.bucket_id = ? AND s.deleted_at IS NULL AND b.deleted_at IS NULL`;

export interface ImportWish extends ImportFile {
  readonly bucketId: string;
  readonly sourceId: string;
  /** Whether records that are no points of the source are left out, instead of ending the import. */
  readonly skipsBad: boolean;
}

/** What an import has come to, with what it did before it was interrupted. */
export interface ImportCounts {
  /** Records of the file that are done. */
  readonly records: number;
  readonly inserted: number;
  readonly updated: number;
  readonly duplicates: number;
  readonly rejected: number;
}

export interface Imported extends ImportCounts {
  readonly organizationId: string;
  readonly sourceName: string;
  /** The first of what was left out, or what ended the import. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
  readonly outcome: 'done' | 'interrupted' | 'refused';
}

/** Told after each batch: how much of the file is read, in bytes. */
export type ImportProgress = (read: number, of: number, counts: ImportCounts) => void;

interface Found {
  readonly organizationId: string;
  readonly name: string;
  readonly schema: Schema;
}

const NOTHING: ImportCounts = { records: 0, inserted: 0, updated: 0, duplicates: 0, rejected: 0 };

/** Stores the points of a file, batch by batch. What is stored already is known again, so that nothing is ever stored twice. */
export class Importer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly ingest: Ingest,
  ) {}

  /**
   * One of a server that is started for it: what it stores is history, which nobody watches. It is in no module: only the
   * command line needs it, and what reads CSV with it.
   */
  static in(server: Pick<INestApplicationContext, 'get'>): Importer {
    server.get(PointWatch).rest();
    return new Importer(server.get(DataSource), server.get(Writer), server.get(Ingest));
  }

  /**
   * Goes on where the same file was interrupted, or begins.
   *
   * @param isStopped ends it after a batch
   * @throws ImportError for a file that cannot be read, or a source that is not there
   */
  async run(wish: ImportWish, tell: ImportProgress, isStopped: () => boolean): Promise<Imported> {
    const source = await this.find(wish);
    const { task, size } = identityOf(wish);
    let counts = (await readTask<ImportCounts>(this.dataSource.manager, task)) ?? NOTHING;
    const finish = async (outcome: Imported['outcome']): Promise<Imported> => {
      if (outcome === 'done') await this.writer.write((manager) => endTask(manager, task));
      const { organizationId, name } = source;
      return { ...counts, organizationId, sourceName: name, problems, outcome };
    };
    const problems: { line: number; message: string }[] = [];
    let file: ReadStream | undefined;
    let passed = counts.records;
    for await (const batch of batchesOf(readImport(wish, source.schema, (stream) => (file = stream)))) {
      const records = batch.slice(passed);
      passed -= batch.length - records.length;
      if (records.length === 0) continue;
      const { stored, bad } = await this.store(wish, source, records);
      for (const one of bad) if (problems.length < MOST_TOLD) problems.push(one);
      if (bad.length > 0 && !wish.skipsBad) return finish('refused');
      counts = add(counts, { ...stored, records: records.length, rejected: bad.length });
      const { records: done } = counts;
      await this.writer.write((manager) => saveTask(manager, task, { ...counts, records: done }));
      tell(file?.bytesRead ?? 0, size, counts);
      if (isStopped()) return finish('interrupted');
    }
    return finish('done');
  }

  private async find({ bucketId, sourceId }: ImportWish): Promise<Found> {
    const [row] = await query<Omit<Found, 'schema'> & { schema: string }>(this.dataSource.manager, FIND_SOURCE, [
      sourceId,
      bucketId,
    ]);
    if (!row) throw new ImportError('There is no such data source in that bucket');
    return { ...row, schema: JSON.parse(row.schema) as Schema };
  }

  /** Stores the good ones of some records. */
  private async store({ bucketId, sourceId }: ImportWish, { organizationId }: Found, records: readonly ImportRecord[]) {
    const read = pointReader(Date.now());
    const points: SentPoint[] = [];
    const bad: { line: number; message: string }[] = [];
    for (const [index, { line, point, problem }] of records.entries()) {
      const fault = problem ?? missingTime(point);
      const sent = fault ?? read({ ...point, dataSourceId: sourceId }, index);
      if (typeof sent === 'string') bad.push({ line, message: sent });
      else if (sent instanceof Fault) bad.push({ line, message: sent.message });
      else points.push(sent);
    }
    const key = { organizationId, bucketId, dataSourceId: null, writeOnly: false };
    const pathOf = (index: number) => [index];
    const stored = await this.ingest.add({ key, bucketId, line: null, points, pathOf, partial: true });
    for (const { index, fault } of stored.problems)
      bad.push({ line: records[index]?.line ?? 0, message: fault.message });
    return { stored, bad: bad.sort((one, other) => one.line - other.line) };
  }
}

/** In a file, no point is one of now. */
function missingTime(point: object | undefined): string | undefined {
  const { timestamp } = (point ?? {}) as { timestamp?: unknown };
  return timestamp === undefined || timestamp === null ? 'It has no time' : undefined;
}

function add(counts: ImportCounts, more: ImportCounts): ImportCounts {
  return {
    records: counts.records + more.records,
    inserted: counts.inserted + more.inserted,
    updated: counts.updated + more.updated,
    duplicates: counts.duplicates + more.duplicates,
    rejected: counts.rejected + more.rejected,
  };
}

/** The same file for the same source, unless it was changed meanwhile. */
function identityOf({ path, time, sourceId }: ImportWish): { task: string; size: number } {
  try {
    const { size, mtimeMs } = statSync(path);
    const parts = [realpathSync(path), size, mtimeMs, time ?? '', sourceId];
    return { task: `import ${createHash('sha256').update(parts.join('\0')).digest('hex')}`, size };
  } catch (cause) {
    throw new ImportError((cause as Error).message);
  }
}

async function* batchesOf(records: AsyncIterable<ImportRecord>): AsyncGenerator<ImportRecord[]> {
  let batch: ImportRecord[] = [];
  for await (const record of records) {
    if (batch.push(record) < POINTS_PER_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
