import { answer, api } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { joinedAnswers, NOTHING_SENT, type BatchAnswer } from './batches';
import { fieldsOf } from './columns';
import type { ImportSettings } from './import-place';
import { Patience, type Waiting } from './patience';
import type { ReadRow } from './point-reader';
import { SourceDirectory } from './source-directory';

interface SenderOptions {
  /** Whether no alert rule fires for these points. */
  readonly isQuiet: boolean;
  readonly signal: AbortSignal;
  readonly onWaiting: (waiting: Waiting | undefined) => void;
}

/** Sends rows to their data sources, one batch after the other, as fast as the server takes them. */
export class BatchSender {
  private readonly patience: Patience;
  private readonly directory: SourceDirectory;

  constructor(
    private readonly settings: ImportSettings,
    private readonly options: SenderOptions,
  ) {
    const { bucketId, reading } = settings;
    const { signal, onWaiting } = options;
    this.patience = new Patience(signal, onWaiting);
    const fields = fieldsOf(reading.columns);
    this.directory = new SourceDirectory({ bucketId, fields, patience: this.patience, signal });
  }

  /** Finds or creates the one data source of the import, if there is one for all rows. */
  async open(): Promise<void> {
    const { target } = this.settings;
    if (target.kind === 'existing') await this.directory.useOne(target.sourceId);
    if (target.kind === 'new') await this.directory.useNew(target.name.trim());
  }

  /** The data source of rows that were sent. */
  sourceOf(name: string): { readonly id: string; readonly name: string } {
    return this.directory.find(name);
  }

  /** @throws ApiProblem for a refusal that does not pass; an AbortError where the import is stopped */
  async send(rows: readonly ReadRow[]): Promise<BatchAnswer> {
    if (rows.length === 0) return NOTHING_SENT;
    if (this.settings.target.kind === 'column') await this.directory.ensure(rows.map(({ source }) => source));
    return this.sendParts(rows);
  }

  /** In halves where a proxy takes less at once. */
  private async sendParts(rows: readonly ReadRow[]): Promise<BatchAnswer> {
    try {
      return await this.patience.until(() => this.post(rows));
    } catch (cause) {
      if (!(cause instanceof ApiProblem) || cause.status !== 413 || rows.length === 1) throw cause;
      const half = rows.length >> 1;
      const first = await this.sendParts(rows.slice(0, half));
      return joinedAnswers(first, await this.sendParts(rows.slice(half)), half);
    }
  }

  private post(rows: readonly ReadRow[]): Promise<BatchAnswer> {
    const dataPoints = rows.map(({ source, at = 0, values, metadata }) => ({
      dataSourceId: this.directory.find(source).id,
      timestamp: new Date(at).toISOString(),
      values,
      ...(Object.keys(metadata).length > 0 && { metadata }),
    }));
    const { isQuiet, signal } = this.options;
    const query = { partial: true, ...(isQuiet && { quiet: true }) };
    const body = { bucketId: this.settings.bucketId, dataPoints };
    return answer(api.POST('/api/data/batch', { params: { query }, body, signal }));
  }
}
