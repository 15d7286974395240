import { createHash } from 'node:crypto';
import { realpathSync, statSync, type ReadStream } from 'node:fs';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Schema } from '../sources/schema';
import { endTask, readTask, saveTask } from '../database/resumable-tasks';
import { findActiveSource } from '../sources/source-rows';
import { findOrganizationOf } from '../buckets/bucket-rows';
import { Writer } from '../database/writer';
import { firstRefused, inOrder, judge, type Bad } from './import-batch';
import { ImportError, type ImportFile, type ImportRecord, type Note } from './import-file';
import { readImport } from './import-reader';
import { Ingest } from './ingest.service';
import type { SentPoint } from './point-check';

const POINTS_PER_BATCH = 1000;
/** As many problems of the batch that ends an import are told one by one. */
export const MOST_TOLD = 20;
export interface ImportRequest extends ImportFile {
  readonly bucketId: string;
  readonly sourceId: string;
  /** Whether records that are no points of the source are left out, instead of ending the import. */
  readonly skipsBad: boolean;
}

/** The counts of an import, including those from before an interruption. */
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
  readonly outcome: 'done' | 'interrupted' | 'refused';
}

/** What became of a batch. */
interface Stored {
  readonly counts: ImportCounts;
  /** In the order of the file. */
  readonly bad: readonly Bad[];
  /** Whether the import ends before the last record of the batch. */
  readonly isEnded: boolean;
}

/** What an import reports to the operator besides its counts. */
export interface ImportEvents {
  /** A record that is left out, or that ends the import. */
  readonly problem: (line: number, message: string) => void;
  readonly note: Note;
}

const SILENT: ImportEvents = { problem: () => {}, note: () => {} };

/** Called after each batch with the bytes of the file that were read. */
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
    const ingest = server.get(Ingest);
    ingest.detachObserver();
    return new Importer(server.get(DataSource), server.get(Writer), ingest);
  }

  /**
   * Goes on where the same file was interrupted, or begins. A record that is no point ends it: those before it are stored,
   * and none after it. With `skipsBad` it is left out.
   *
   * @param isStopped ends it after a batch
   * @throws ImportError for a file that cannot be read, or a source that is not there
   */
  async run(
    options: ImportRequest,
    tell: ImportProgress,
    isStopped: () => boolean,
    { problem, note }: ImportEvents = SILENT,
  ): Promise<Imported> {
    const source = await this.find(options);
    const { task, size } = identityOf(options);
    let counts = (await readTask<ImportCounts>(this.dataSource.manager, task)) ?? NOTHING;
    const finish = async (outcome: Imported['outcome']): Promise<Imported> => {
      if (outcome === 'done') await this.writer.write((manager) => endTask(manager, task));
      return { ...counts, organizationId: source.organizationId, sourceName: source.name, outcome };
    };
    let file: ReadStream | undefined;
    let passed = counts.records;
    const events = { opened: (stream: ReadStream) => (file = stream), note };
    for await (const batch of batchesOf(readImport(options, source.schema, events))) {
      const records = batch.slice(passed);
      passed -= batch.length - records.length;
      if (records.length === 0) continue;
      const made = await this.store(options, source, records);
      counts = add(counts, made.counts);
      await this.writer.write((manager) => saveTask(manager, task, counts));
      const most = options.skipsBad ? Infinity : MOST_TOLD;
      for (const { index, message } of made.bad.slice(0, most)) problem(records[index]?.line ?? 0, message);
      if (made.bad.length > most) note(`… and ${made.bad.length - most} more in the same batch`);
      if (made.isEnded) return finish('refused');
      tell(file?.bytesRead ?? 0, size, counts);
      if (isStopped()) return finish('interrupted');
    }
    return finish('done');
  }

  private async find({ bucketId, sourceId }: ImportRequest): Promise<Found> {
    const { manager } = this.dataSource;
    const source = await findActiveSource(manager, sourceId);
    const organizationId = source?.bucketId === bucketId ? await findOrganizationOf(manager, bucketId) : undefined;
    if (!source || organizationId === undefined) throw new ImportError('There is no such data source in that bucket');
    return { organizationId, name: source.name, schema: source.schema };
  }

  /** Stores the points of a batch: those before the first bad record, or all where bad ones are left out. */
  private async store(options: ImportRequest, source: Found, records: readonly ImportRecord[]): Promise<Stored> {
    const { points, bad } = judge(records, { ...source, ...options });
    if (!options.skipsBad) return this.storeBefore(options, source, { points, bad, end: records.length });
    const stored = await this.add(options, source, points, true);
    const all = inOrder([...bad, ...stored.problems.map(({ index, error }) => ({ index, message: error.message }))]);
    const ends = records.findIndex((record) => record.ends);
    const isEnded = ends !== -1;
    const counts = { records: isEnded ? ends : records.length, rejected: all.length - Number(isEnded) };
    return { counts: { ...stored, ...counts }, bad: all, isEnded };
  }

  /** Stores the points before the first bad record, and none else. What the database refuses is such a record too. */
  private async storeBefore(
    options: ImportRequest,
    source: Found,
    { points, bad, end }: { points: readonly SentPoint[]; bad: readonly Bad[]; end: number },
  ): Promise<Stored> {
    let refused: Bad | undefined;
    for (;;) {
      const stop = refused?.index ?? bad[0]?.index ?? end;
      const before = points.filter(({ index }) => index < stop);
      try {
        const stored = await this.add(options, source, before, false);
        const all = refused ? inOrder([...bad, refused]) : bad;
        return { counts: { ...stored, records: stop, rejected: 0 }, bad: all, isEnded: stop < end };
      } catch (cause) {
        const first = firstRefused(cause);
        if (!first || first.index >= stop) throw cause;
        refused = first;
      }
    }
  }

  private async add(
    { bucketId }: ImportRequest,
    { organizationId }: Found,
    points: readonly SentPoint[],
    partial: boolean,
  ) {
    if (points.length === 0) return { inserted: 0, updated: 0, duplicates: 0, problems: [] };
    const key = { organizationId, bucketId, dataSourceId: null, writeOnly: false };
    const pathOf = (index: number) => ['points', index];
    const { inserted, updated, duplicates, problems } = await this.ingest.add({
      ...{ key, bucketId, line: null, points, pathOf, partial },
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

/** The same file for the same source, read in the same way, unless it was changed meanwhile. */
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
