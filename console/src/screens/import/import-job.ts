import { RowSplitter, type Row } from '../../csv/rows';
import { MAX_LISTED, type BadRow } from './bad-rows';
import { BatchSender } from './batch-sender';
import { addCounts, addSources, Batch, refusedRows } from './batches';
import { bytesOf } from './file-bytes';
import { START, type ImportPlace, type ImportSettings } from './import-place';
import type { Waiting } from './patience';
import { PointReader } from './point-reader';
import { Turns } from './turns';
import { forgetImport, rememberImport } from './unfinished-imports';

/** `stopped`: by a person. `failed`: by an error that does not pass. Both can go on. */
export type JobPhase = 'running' | 'paused' | 'stopped' | 'failed' | 'done';

/** What is shown of an import. */
export interface JobState {
  readonly phase: JobPhase;
  readonly place: ImportPlace;
  /** Of the file itself, which may be compressed. */
  readonly bytesRead: number;
  readonly waiting: Waiting | undefined;
  readonly error: unknown;
  /** When this run has begun to send, and where, for the time that is left. */
  readonly begun: { readonly at: number; readonly bytes: number } | undefined;
}

export interface JobFile {
  readonly file: File;
  readonly isCompressed: boolean;
  readonly fingerprint: string;
}

const SAVE_MILLIS = 1000;
const SHOW_MILLIS = 100;

/** An import under way. It goes on while other screens are shown. */
export class ImportJob {
  private present: JobState;
  private readonly listeners = new Set<() => void>();
  private stopping = new AbortController();
  private resume: (() => void) | undefined;
  private savedAt = 0;
  private shownAt = 0;
  private showing: ReturnType<typeof setTimeout> | undefined;
  private bytesRead = 0;

  /** @param isQuiet whether no alert rule fires for these points */
  constructor(
    readonly source: JobFile,
    readonly settings: ImportSettings,
    private readonly isQuiet: boolean,
    place: ImportPlace = START,
  ) {
    this.present = {
      ...{ phase: 'stopped', place, bytesRead: 0, waiting: undefined, error: undefined, begun: undefined },
    };
  }

  get state(): JobState {
    return this.present;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Reads the file from its start, and sends what comes after the place. */
  async run(): Promise<void> {
    this.stopping = new AbortController();
    this.bytesRead = 0;
    this.show({ phase: 'running', error: undefined, begun: undefined, bytesRead: 0 });
    try {
      await this.sendAll(this.stopping.signal);
      forgetImport(this.source.fingerprint);
      this.show({ phase: 'done', bytesRead: this.source.file.size });
    } catch (error) {
      const isStopped = this.stopping.signal.aborted;
      this.remember();
      this.show({ phase: isStopped ? 'stopped' : 'failed', waiting: undefined, error: isStopped ? undefined : error });
    }
  }

  pause(): void {
    if (this.present.phase === 'running') this.show({ phase: 'paused' });
  }

  goOn(): void {
    if (this.present.phase === 'paused') {
      this.show({ phase: 'running', begun: { at: Date.now(), bytes: this.bytesRead } });
      this.resume?.();
    } else if (this.present.phase !== 'running') void this.run();
  }

  /** Ends the run. What was stored stays, and the place is remembered. */
  stop(): void {
    this.stopping.abort();
    this.resume?.();
  }

  private async sendAll(signal: AbortSignal): Promise<void> {
    const { settings } = this;
    const sender = new BatchSender(settings, {
      ...{ isQuiet: this.isQuiet, signal, onWaiting: (waiting) => this.show({ waiting }) },
    });
    await sender.open();
    const reader = new PointReader(settings.reading, this.present.place.lastTime);
    let batch = new Batch();
    const send = async () => {
      await this.sendBatch(batch, sender, reader.lastRead);
      batch = new Batch();
      await this.whilePaused();
      signal.throwIfAborted();
    };
    for await (const row of this.rowsToDo(signal)) {
      batch.add(reader.read(row));
      if (batch.isFull) await send();
    }
    if (batch.rows.length > 0) await send();
  }

  /** The rows behind the place. */
  private async *rowsToDo(signal: AbortSignal): AsyncGenerator<Row> {
    const { file, isCompressed } = this.source;
    const { rows, hasHeader } = this.settings;
    const splitter = new RowSplitter(rows);
    const turns = new Turns();
    const known = new Map(this.present.place.bad.map((bad) => [bad.line, bad]));
    let isHeaderNext = hasHeader;
    let toSkip = this.present.place.rows;
    const isToDo = (row: Row) => {
      if (isHeaderNext && 'cells' in row) return (isHeaderNext = false);
      if (toSkip === 0) return true;
      toSkip -= 1;
      if ('cells' in row) this.completeBad(known, row.line, row.cells);
      return false;
    };
    const onRead = (read: number) => {
      if (isCompressed) this.bytesRead = read;
    };
    let done = 0;
    for await (const bytes of bytesOf(file, isCompressed, onRead)) {
      signal.throwIfAborted();
      const found = splitter.push(bytes);
      for (const [index, row] of found.entries()) {
        if (!isCompressed) this.bytesRead = Math.floor(done + (bytes.length * (index + 1)) / found.length);
        if (isToDo(row)) yield row;
        await turns.give();
      }
      done += bytes.length;
      this.showProgress();
    }
    for (const row of splitter.end()) if (isToDo(row)) yield row;
  }

  /** The cells of bad rows are not remembered with the place, and are read again with the file. */
  private completeBad(known: Map<number, BadRow>, line: number, cells: readonly string[]): void {
    const bad = known.get(line);
    if (!bad || bad.cells) return;
    const { place } = this.present;
    const completed = place.bad.map((one) => (one === bad ? { ...bad, cells } : one));
    this.present = { ...this.present, place: { ...place, bad: completed } };
  }

  private async sendBatch(batch: Batch, sender: BatchSender, lastTime: number | undefined): Promise<void> {
    if (this.present.begun === undefined) this.show({ begun: { at: Date.now(), bytes: this.bytesRead } });
    const { good, bad } = batch;
    const sent = await sender.send(good);
    const refused = refusedRows(good, sent);
    const left = new Set(refused.map(({ line }) => line));
    const stored = good.filter(({ line }) => !left.has(line));
    const allBad = [...bad, ...refused].sort((one, other) => one.line - other.line);
    const { place } = this.present;
    this.present = {
      ...this.present,
      place: {
        rows: place.rows + batch.rows.length,
        lastTime,
        counts: addCounts(place.counts, sent, allBad.length),
        bad: place.bad.length < MAX_LISTED ? [...place.bad, ...allBad].slice(0, MAX_LISTED) : place.bad,
        sources: addSources(place.sources, stored, (name) => sender.sourceOf(name)),
      },
    };
    if (Date.now() - this.savedAt > SAVE_MILLIS) this.remember();
    this.showProgress();
  }

  private async whilePaused(): Promise<void> {
    if (this.present.phase !== 'paused') return;
    this.remember();
    await new Promise<void>((resolve) => (this.resume = resolve));
    this.resume = undefined;
  }

  private remember(): void {
    this.savedAt = Date.now();
    const { file, fingerprint } = this.source;
    const { settings, present } = this;
    rememberImport({
      ...{ file: fingerprint, name: file.name, size: file.size, savedAt: this.savedAt },
      ...{ settings, place: present.place },
    });
  }

  private showProgress(): void {
    if (Date.now() - this.shownAt >= SHOW_MILLIS) this.show({});
    else this.showing ??= setTimeout(() => this.show({}), SHOW_MILLIS);
  }

  private show(changes: Partial<JobState>): void {
    clearTimeout(this.showing);
    this.showing = undefined;
    this.shownAt = Date.now();
    this.present = { ...this.present, bytesRead: this.bytesRead, ...changes };
    for (const listener of this.listeners) listener();
  }
}
