import { MAX_NEW_TEXTS, MAX_NEW_TEXTS_ALONE } from '../points/metadata-numbering';
import { nameOfCaller } from '../scheduling/caller';
import { FairQueue, type Caller } from '../scheduling/fair-queue';
import type { IngestRequest } from './ingest-request';
import { countInLargeBlocks, weightOf } from './batch-parts';
import { CommitSize } from './commit-size';
import { RequestCosts } from './request-costs';

/** A commit in a worker thread may take twice as long as another, since it does not block the event loop. */
const SLOWNESS_OF_THREAD = 2;

/** A point with new metadata takes about as long to store as this many points without. */
const POINTS_PER_NEW_TEXT = 8;
/** A request with new metadata that takes as long as more points than this does not share a commit with other lines. */
const MAX_SHARED_WEIGHT = 1000;
/** For this long after requests of several lines, commits are shorter. */
const SHARED_MILLIS = 1000;

interface Item<Waiting> {
  readonly waiting: Waiting;
  /** About how many points of one data source, without new metadata, take as long. */
  readonly points: number;
  /** About how many metadata texts are new. */
  readonly newTexts: number;
}

/** Requests that wait for a commit. Fair by organization and rotation line, so that one caller does not delay the others. */
export class IngestQueue<Waiting extends { readonly request: IngestRequest }> {
  private readonly waiting = new FairQueue<Item<Waiting>>();
  private readonly commitSize: CommitSize;
  private readonly costs = new RequestCosts();
  private blockPoints = 0;
  /** Whether the last commit preferred other requests to ones that take long. */
  private hasPostponed = false;
  /** The requests of the last commit: the weight of each line. */
  private taken = new Map<string, number>();
  private lastLine: string | undefined;
  private lastUntil = 0;
  private sharedUntil = 0;

  /**
   * @param newTextsOf estimates how many metadata texts of a request are new
   * @param isMeasured whether commits are noted, and their size adapts
   */
  constructor(
    private readonly newTextsOf: (request: IngestRequest) => number = () => 0,
    isMeasured = true,
  ) {
    this.commitSize = new CommitSize(isMeasured);
  }

  get size(): number {
    return this.waiting.size;
  }

  /** How many new metadata texts the next transaction stores: few if requests of other lines wait for it, or may soon. */
  get mostNewTexts(): number {
    return this.isShared ? MAX_NEW_TEXTS : MAX_NEW_TEXTS_ALONE;
  }

  /** Whether requests of several lines have come lately. */
  get isShared(): boolean {
    return performance.now() < this.sharedUntil;
  }

  /** Whether requests of other lines than this caller's have come lately. */
  isSharedWith(caller: Caller): boolean {
    if (this.isShared) return true;
    return this.lastLine !== undefined && this.lastLine !== nameOfCaller(caller) && performance.now() < this.lastUntil;
  }

  /** How many points wait in blocks that are worth sending to a worker thread. */
  get pointsInBlocks(): number {
    return this.blockPoints;
  }

  add(waiting: Waiting): void {
    const caller = callerOf(waiting.request);
    const until = performance.now() + SHARED_MILLIS;
    const line = nameOfCaller(caller);
    if (line !== this.lastLine && this.lastLine !== undefined) this.sharedUntil = until;
    this.lastLine = line;
    this.lastUntil = until;
    this.waiting.add(caller, this.itemOf(waiting));
  }

  /** Whether requests of other lines wait that are quick. */
  get areQuickWaiting(): boolean {
    return this.waiting.someFirst((caller, item) => !this.taken.has(caller.line) && !this.isSlow(caller, item));
  }

  /** Puts the requests back that were taken last, because they take long. Quick requests of other lines have the next turn. */
  giveBack(requests: readonly Waiting[]): void {
    this.costs.markHigh(this.taken.keys());
    this.addFirst(requests);
    this.hasPostponed = false;
  }

  /** Adds requests before the others of their lines, in the order of the list. */
  addFirst(requests: readonly Waiting[]): void {
    for (const waiting of requests.toReversed()) this.waiting.addFirst(callerOf(waiting.request), this.itemOf(waiting));
  }

  /** Removes and returns all requests, in no particular order. */
  clear(): Waiting[] {
    this.blockPoints = 0;
    return this.waiting.clear().map(({ waiting }) => waiting);
  }

  /**
   * Takes the requests of one commit. A request that takes long, because of much new metadata or as earlier ones of its line, gets a
   * commit of its own, at most every second one while others wait, so that another caller waits for one such request only. If only
   * one line waits, its requests share commits, with new metadata as far as they do not take too long together.
   */
  takeForCommit(isThreaded = false): Waiting[] {
    const taken = this.takeSome(isThreaded);
    this.taken = new Map();
    for (const item of taken) {
      const { request } = item.waiting;
      const { line } = callerOf(request);
      this.taken.set(line, (this.taken.get(line) ?? 0) + this.weightOf(item));
      this.blockPoints -= countInLargeBlocks(request);
    }
    return taken.map(({ waiting }) => waiting);
  }

  private itemOf(waiting: Waiting): Item<Waiting> {
    const { request } = waiting;
    this.blockPoints += countInLargeBlocks(request);
    return { waiting, points: weightOf(request), newTexts: this.newTextsOf(request) };
  }

  /** How many points without new metadata take about as long: in the next transaction, which may store only some of the new metadata. */
  private weightOf({ points, newTexts }: Item<Waiting>): number {
    const most = this.mostNewTexts;
    return newTexts > most ? POINTS_PER_NEW_TEXT * most : points + POINTS_PER_NEW_TEXT * newTexts;
  }

  private isSlow({ line }: Caller, item: Item<Waiting>): boolean {
    return this.costs.areHigh(line) || (item.newTexts > 0 && this.weightOf(item) > MAX_SHARED_WEIGHT);
  }

  private takeSome(isThreaded: boolean): Item<Waiting>[] {
    const taken: Item<Waiting>[] = [];
    const enough = this.commitSize.enough({ isThreaded, isShared: this.isShared });
    const { hasOneLine } = this.waiting;
    // While other lines have sent lately, their next request should not wait for several slow ones.
    const isAlone = hasOneLine && !this.isShared;
    const most = this.mostNewTexts;
    const isQuick = (caller: Caller, item: Item<Waiting>) => isAlone || !this.isSlow(caller, item);
    const slow = this.hasPostponed ? this.waiting.take((caller, item) => !isQuick(caller, item)) : undefined;
    this.hasPostponed = false;
    if (slow) return [slow.item];
    let [total, texts] = [0, 0];
    const fits = (item: Item<Waiting>) =>
      total === 0 || item.newTexts === 0 || (texts + item.newTexts <= most && total + this.weightOf(item) <= enough);
    while (total < enough) {
      const next = this.waiting.take((caller, item) => isQuick(caller, item) && fits(item));
      if (!next) break;
      taken.push(next.item);
      total += this.weightOf(next.item);
      texts += next.item.newTexts;
    }
    if (taken.length > 0) {
      // While a single line waited, nothing was preferred to its requests.
      this.hasPostponed = !hasOneLine && this.waiting.size > 0;
      return taken;
    }
    const next = this.waiting.take();
    return next ? [next.item] : [];
  }

  /** Records how long the commit of the requests took that were taken last. */
  noteCommit(millis: number, isThreaded: boolean): void {
    const weight = [...this.taken.values()].reduce((sum, one) => sum + one, 0);
    this.commitSize.note(weight, millis);
    this.costs.note(this.taken, isThreaded ? millis / SLOWNESS_OF_THREAD : millis);
  }
}

export function callerOf({ key, line }: Pick<IngestRequest, 'key' | 'line'>): Caller {
  return { organization: key.organizationId, line: line ?? '' };
}
