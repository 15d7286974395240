import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import type { Caller } from '../scheduling/fair-queue';
import { TOO_MANY_STREAMS } from './live.errors';

const RETRY_AFTER = { 'Retry-After': '10' };

/** Counts the open streams of this instance: in all, by organization and by line of keys. */
@Injectable()
export class ReaderBounds {
  private readonly most: { readonly all: number; readonly organization: number; readonly line: number };
  private all = 0;
  private readonly organizations = new Map<string, number>();
  private readonly lines = new Map<string, number>();

  constructor(@Inject(CONFIG) { streams }: Pick<Config, 'streams'>) {
    this.most = {
      all: streams,
      organization: Math.max(1, Math.floor((streams * 3) / 4)),
      line: Math.max(1, Math.floor(streams / 4)),
    };
  }

  /** The open streams, and how many there can be. */
  get load(): { readonly open: number; readonly limit: number } {
    return { open: this.all, limit: this.most.all };
  }

  /**
   * Counts a stream of a caller.
   *
   * @returns a function that ends the count
   * @throws ApiError `TOO_MANY_STREAMS`
   */
  take({ organization, line }: Caller): () => void {
    const isFull =
      this.all >= this.most.all ||
      (this.organizations.get(organization) ?? 0) >= this.most.organization ||
      (this.lines.get(line) ?? 0) >= this.most.line;
    if (isFull) throw new ApiError(TOO_MANY_STREAMS, { headers: RETRY_AFTER });
    this.change(organization, line, 1);
    let isCounted = true;
    return () => {
      if (isCounted) this.change(organization, line, -1);
      isCounted = false;
    };
  }

  private change(organization: string, line: string, by: 1 | -1): void {
    this.all += by;
    add(this.organizations, organization, by);
    add(this.lines, line, by);
  }
}

function add(counts: Map<string, number>, name: string, by: 1 | -1): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count > 0) counts.set(name, count);
  else counts.delete(name);
}
