import { RecomputeBudget } from '../points/recompute-budget';
import type { AppendOptions } from '../points/point-append';
import type { RollupCompletion } from '../points/rollup-completion';
import type { FollowUp } from './follow-ups';
import type { Admitted, Refused } from './ingest-request';
import { callerOf } from './ingest-queue';
import { isWide } from './rollup-count';

/** A data source with pending rollups, and the requests whose points are stored in it. */
interface Pending {
  readonly source: number;
  readonly requests: readonly number[];
}

/** Keeps a commit short: rollups whose computing takes long are left pending, and are completed after it. */
export class CommitRollups {
  /** The requests that change many rollups, by index. */
  private readonly wide: ReadonlySet<number>;
  private readonly budget: RecomputeBudget;
  private readonly pending: Pending[] = [];

  /** @param shares the data sources that are stored at the same time, and so cannot share what is left of the budget */
  constructor(
    private readonly requests: readonly (Admitted | Refused)[],
    shares: number,
  ) {
    this.wide = new Set(requests.flatMap((one, index) => ('cause' in one || !isWide(one) ? [] : [index])));
    const budget = new RecomputeBudget();
    this.budget = shares > 1 ? budget.shareOf(shares) : budget;
  }

  /** How the points of some requests are stored in a data source. */
  optionsFor(source: number, requests: readonly number[]): Pick<AppendOptions, 'isWide' | 'budget' | 'onPending'> {
    return {
      isWide: requests.some((index) => this.wide.has(index)),
      budget: this.budget,
      onPending: () => this.pending.push({ source, requests }),
    };
  }

  /** Completes pending rollups after the commit. The replies to requests that change many wait for it, which limits how fast clients can send them. */
  followUps(completion: RollupCompletion): FollowUp[] {
    return this.pending.map(({ source, requests }) => {
      const [first = 0] = requests;
      const one = this.requests[first];
      const wide = requests.filter((index) => this.wide.has(index));
      return {
        requests: wide,
        afterCommit: () => (one && 'request' in one ? completion.complete(source, callerOf(one.request)) : undefined),
      };
    });
  }
}
