import { lookup, Resolver } from 'node:dns/promises';
import { raced } from './deadline';

/** How a name becomes addresses. Given by tests. */
export interface LookupWays {
  /** The way of the operating system, which knows its hosts file and local names, and cannot be broken off. */
  system(name: string): Promise<readonly string[]>;
  /** Asks the name servers themselves, until the signal is aborted. */
  direct(name: string, signal: AbortSignal): Promise<readonly string[]>;
}

const PATIENCE_MILLIS = 1000;

/**
 * Looks names up by the system, which has very few threads for it: names whose servers hang would hold up all others. So a name is
 * asked for once at a time, and where the system takes long the name servers are asked directly as well.
 */
export class NameLookup {
  private readonly underWay = new Map<string, Promise<readonly string[]>>();

  constructor(
    private readonly ways: LookupWays = REAL_WAYS,
    private readonly patienceMillis = PATIENCE_MILLIS,
  ) {}

  /** The addresses of a name, by whichever way finds some first; where none does, it rejects with the system's reason. */
  async lookup(name: string, signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted();
    const system = this.bySystem(name);
    const over = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, this.patienceMillis, undefined);
    });
    try {
      const quick = await raced(Promise.race([system, patience]), signal);
      if (quick) return quick;
      const first = Promise.any([system, this.ways.direct(name, over.signal)]);
      return await raced(
        first.catch(() => system),
        signal,
      );
    } finally {
      clearTimeout(timer);
      over.abort();
    }
  }

  private bySystem(name: string): Promise<readonly string[]> {
    const asked = this.underWay.get(name);
    if (asked) return asked;
    const asking = this.ways.system(name).finally(() => this.underWay.delete(name));
    this.underWay.set(name, asking);
    return asking;
  }
}

const REAL_WAYS: LookupWays = {
  async system(name) {
    return (await lookup(name, { all: true, verbatim: true })).map(({ address }) => address);
  },

  async direct(name, signal) {
    const resolver = new Resolver({ timeout: 2000, tries: 2 });
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel);
    try {
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
      if (found.length === 0) throw new Error('The name servers know no address');
      return found;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  },
};
