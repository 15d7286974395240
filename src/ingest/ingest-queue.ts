import { FairQueue, type Caller } from '../scheduling/fair-queue';
import type { IngestRequest } from './batch-admission';
import { countInBlocks, sizeOf } from './batch-parts';
import { CommitSize } from './commit-size';
import { RequestCosts } from './request-costs';

/** A commit in a worker thread may take twice as long as another, since it does not block the event loop. */
const SLOWNESS_OF_THREAD = 2;
/** Smaller blocks take longer to send to a worker thread than to store. */
const LARGE_BLOCK = 10;

/** Requests that wait for a commit. Fair by organization and rotation line, so that one caller does not delay the others. */
export class IngestQueue<Waiting extends { readonly request: IngestRequest }> {
  private readonly waiting = new FairQueue<Waiting>();
  private readonly commitSize = new CommitSize();
  private readonly costs = new RequestCosts();
  private blockPoints = 0;
  /** Whether the last commit left requests to a commit of their own. */
  private hasPostponed = false;

  get size(): number {
    return this.waiting.size;
  }

  /** How many points wait in blocks that are worth sending to a worker thread. */
  get pointsInBlocks(): number {
    return this.blockPoints;
  }

  add(waiting: Waiting): void {
    this.blockPoints += countInBlocks(waiting.request, LARGE_BLOCK);
    this.waiting.add(callerOf(waiting.request), waiting);
  }

  /** Removes and returns all requests, in no particular order. */
  clear(): Waiting[] {
    this.blockPoints = 0;
    return this.waiting.clear();
  }

  /**
   * Takes the requests of one commit. A request of a line whose requests take long gets a commit of its own, at most every second
   * one while others wait, so that another caller waits for one such request only. If only one line
   * waits, its requests share commits.
   */
  takeForCommit(isThreaded = false): Waiting[] {
    const taken = this.takeSome(isThreaded);
    for (const { request } of taken) this.blockPoints -= countInBlocks(request, LARGE_BLOCK);
    return taken;
  }

  private takeSome(isThreaded: boolean): Waiting[] {
    const taken: Waiting[] = [];
    const enough = isThreaded ? this.commitSize.enoughForThread : this.commitSize.enough;
    const { hasOneLine } = this.waiting;
    const isQuick = ({ line }: Caller) => hasOneLine || !this.costs.areHigh(line);
    const slow = this.hasPostponed && this.costs.hasHigh ? this.waiting.take((caller) => !isQuick(caller)) : undefined;
    this.hasPostponed = false;
    if (slow) return [slow.item];
    for (let points = 0; points < enough;) {
      const next = this.waiting.take(isQuick);
      if (!next) break;
      taken.push(next.item);
      points += sizeOf(next.item.request);
    }
    if (taken.length > 0) {
      this.hasPostponed = this.waiting.size > 0;
      return taken;
    }
    const next = this.waiting.take();
    return next ? [next.item] : [];
  }

  /** Records how long the commit of these requests took. */
  noteCommit(requests: readonly IngestRequest[], millis: number, isThreaded: boolean): void {
    this.commitSize.note(
      requests.reduce((sum, request) => sum + sizeOf(request), 0),
      millis,
    );
    this.costs.note(
      requests.map((request) => callerOf(request).line),
      isThreaded ? millis / SLOWNESS_OF_THREAD : millis,
    );
  }
}

function callerOf({ key, line }: IngestRequest): Caller {
  return { organization: key.organizationId, line: line ?? '' };
}
