import { createHash } from 'node:crypto';
import { realpathSync, statSync, type ReadStream } from 'node:fs';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Schema } from '../sources/schema';
import { endTask, readTask, saveTask } from '../database/resumable-tasks';
import { findActiveSource } from '../sources/source-rows';
import { findOrganizationOf } from '../buckets/bucket-rows';
import { Writer } from '../database/writer';
import { checkRecords, firstRejected, inOrder, type InvalidRecord } from './import-batch';
import { ImportError, type ImportFile, type ImportRecord, type Note } from './import-file';
import { readImport } from './import-reader';
import { Ingest } from './ingest.service';
import type { SentPoint } from './point-check';

const POINTS_PER_BATCH = 1000;
/** The number of problems that are reported one by one when a batch stops the import. */
export const MAX_LISTED_PROBLEMS = 20;

export interface ImportRequest extends ImportFile {
  readonly bucketId: string;
  readonly sourceId: string;
  /** Whether invalid records are skipped. Otherwise the first one stops the import. */
  readonly skipsBad: boolean;
}

/** The counts of an import, including those from before an interruption. */
export interface ImportCounts {
  /** Processed records of the file. */
  readonly records: number;
  readonly inserted: number;
  readonly updated: number;
  readonly duplicates: number;
  readonly rejected: number;
}

export interface Imported extends ImportCounts {
  readonly organizationId: string;
  readonly sourceName: string;
  readonly outcome: 'done' | 'interrupted' | 'refused';
}

/** The result of a batch. */
interface BatchResult {
  readonly counts: ImportCounts;
  /** In the order of the file. */
  readonly invalid: readonly InvalidRecord[];
  /** Whether the import stops before the last record of the batch. */
  readonly isEnded: boolean;
}

/** What an import reports to the operator besides its counts. */
export interface ImportEvents {
  /** A record that is skipped, or that stops the import. */
  readonly problem: (line: number, message: string) => void;
  readonly note: Note;
}

const SILENT: ImportEvents = { problem: () => {}, note: () => {} };

/** Called after each batch with the number of bytes read from the file. */
export type ImportProgress = (read: number, of: number, counts: ImportCounts) => void;

interface ImportTarget {
  readonly organizationId: string;
  readonly name: string;
  readonly schema: Schema;
}

const NO_COUNTS: ImportCounts = { records: 0, inserted: 0, updated: 0, duplicates: 0, rejected: 0 };

/** Stores the points of a file as history, batch by batch. Points that are already stored count as duplicates. */
export class Importer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: Writer,
    private readonly ingest: Ingest,
  ) {}

  /** Creates an importer on a started server. No module provides it, because only the command line uses it. */
  static in(server: Pick<INestApplicationContext, 'get'>): Importer {
    return new Importer(server.get(DataSource), server.get(Writer), server.get(Ingest));
  }

  /**
   * Starts the import, or resumes it after an interruption. An invalid record stops it: the records before it are stored, and
   * none after it. With `skipsBad` invalid records are skipped.
   *
   * @param isStopped checked after each batch
   * @throws ImportError if the file cannot be read or the source does not exist
   */
  async run(
    options: ImportRequest,
    reportProgress: ImportProgress,
    isStopped: () => boolean,
    { problem, note }: ImportEvents = SILENT,
  ): Promise<Imported> {
    const source = await this.find(options);
    const { task, size } = identityOf(options);
    let counts = (await readTask<ImportCounts>(this.dataSource.manager, task)) ?? NO_COUNTS;
    const finish = async (outcome: Imported['outcome']): Promise<Imported> => {
      if (outcome === 'done') await this.writer.write((manager) => endTask(manager, task));
      return { ...counts, organizationId: source.organizationId, sourceName: source.name, outcome };
    };
    let file: ReadStream | undefined;
    let recordsToSkip = counts.records;
    const events = { opened: (stream: ReadStream) => (file = stream), note };
    for await (const batch of batchesOf(readImport(options, source.schema, events))) {
      const records = batch.slice(recordsToSkip);
      recordsToSkip -= batch.length - records.length;
      if (records.length === 0) continue;
      const result = await this.store(options, source, records);
      counts = add(counts, result.counts);
      await this.writer.write((manager) => saveTask(manager, task, counts));
      const most = options.skipsBad ? Infinity : MAX_LISTED_PROBLEMS;
      for (const { index, message } of result.invalid.slice(0, most)) problem(records[index]?.line ?? 0, message);
      if (result.invalid.length > most) note(`… and ${result.invalid.length - most} more in the same batch`);
      if (result.isEnded) return finish('refused');
      reportProgress(file?.bytesRead ?? 0, size, counts);
      if (isStopped()) return finish('interrupted');
    }
    return finish('done');
  }

  private async find({ bucketId, sourceId }: ImportRequest): Promise<ImportTarget> {
    const { manager } = this.dataSource;
    const source = await findActiveSource(manager, sourceId);
    const organizationId = source?.bucketId === bucketId ? await findOrganizationOf(manager, bucketId) : undefined;
    if (!source || organizationId === undefined) throw new ImportError('There is no such data source in that bucket');
    return { organizationId, name: source.name, schema: source.schema };
  }

  /** Stores the points of a batch: those before the first invalid record, or all valid ones with `skipsBad`. */
  private async store(
    options: ImportRequest,
    source: ImportTarget,
    records: readonly ImportRecord[],
  ): Promise<BatchResult> {
    const { points, invalid } = checkRecords(records, { ...source, ...options });
    if (!options.skipsBad) return this.storeBefore(options, source, { points, invalid, end: records.length });
    const stored = await this.add(options, source, points, true);
    const all = inOrder([
      ...invalid,
      ...stored.problems.map(({ index, error }) => ({ index, message: error.message })),
    ]);
    const ends = records.findIndex((record) => record.ends);
    const isEnded = ends !== -1;
    const counts = { records: isEnded ? ends : records.length, rejected: all.length - Number(isEnded) };
    return { counts: { ...stored, ...counts }, invalid: all, isEnded };
  }

  /** Stores only the points before the first invalid record. A record that ingest rejects is one too. */
  private async storeBefore(
    options: ImportRequest,
    source: ImportTarget,
    { points, invalid, end }: { points: readonly SentPoint[]; invalid: readonly InvalidRecord[]; end: number },
  ): Promise<BatchResult> {
    let rejected: InvalidRecord | undefined;
    for (;;) {
      const stop = rejected?.index ?? invalid[0]?.index ?? end;
      const before = points.filter(({ index }) => index < stop);
      try {
        const stored = await this.add(options, source, before, false);
        const all = rejected ? inOrder([...invalid, rejected]) : invalid;
        return { counts: { ...stored, records: stop, rejected: 0 }, invalid: all, isEnded: stop < end };
      } catch (cause) {
        const first = firstRejected(cause);
        if (!first || first.index >= stop) throw cause;
        rejected = first;
      }
    }
  }

  private async add(
    { bucketId }: ImportRequest,
    { organizationId }: ImportTarget,
    points: readonly SentPoint[],
    partial: boolean,
  ) {
    if (points.length === 0) return { inserted: 0, updated: 0, duplicates: 0, problems: [] };
    const key = { organizationId, bucketId, dataSourceId: null, writeOnly: false };
    const pathOf = (index: number) => ['points', index];
    const { inserted, updated, duplicates, problems } = await this.ingest.add({
      ...{ key, bucketId, line: null, points, pathOf, partial, quiet: true },
    });
    return { inserted, updated, duplicates, problems };
  }
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

/** Identifies an import to resume: the same unchanged file, source and options. */
function identityOf(options: ImportRequest): { task: string; size: number } {
  const { path, time, sourceId, encoding, delimiter, decimal, precision } = options;
  try {
    const { size, mtimeMs } = statSync(path);
    const reading = [encoding, delimiter, decimal, precision].map((option) => option ?? '');
    const parts = [realpathSync(path), size, mtimeMs, time ?? '', sourceId, ...reading];
    return { task: `import ${createHash('sha256').update(parts.join('\0')).digest('hex')}`, size };
  } catch (cause) {
    throw new ImportError((cause as Error).message);
  }
}

async function* batchesOf(records: AsyncIterable<readonly ImportRecord[]>): AsyncGenerator<readonly ImportRecord[]> {
  let batch: readonly ImportRecord[] = [];
  for await (const some of records) {
    batch = batch.concat(some);
    for (; batch.length >= POINTS_PER_BATCH; batch = batch.slice(POINTS_PER_BATCH))
      yield batch.slice(0, POINTS_PER_BATCH);
  }
  if (batch.length > 0) yield batch;
}
