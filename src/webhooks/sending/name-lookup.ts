import { lookup, Resolver } from 'node:dns/promises';
import { raced } from './deadline';

/** The ways to resolve a name. Tests replace them. */
export interface LookupWays {
  /** The resolver of the operating system, which includes the hosts file and local names and cannot be cancelled. */
  system(name: string): Promise<readonly string[]>;
  /** Queries the name servers directly, until the signal is aborted. */
  direct(name: string, signal: AbortSignal): Promise<readonly string[]>;
}

const PATIENCE_MILLIS = 1000;

/**
 * Resolves names with the system resolver, which runs in a thread pool of few threads: names whose servers hang would block all
 * others. So there is one lookup per name at a time, and if it is slow, the name servers are queried directly as well.
 */
export class NameLookup {
  private readonly running = new Map<string, Promise<readonly string[]>>();

  constructor(
    private readonly ways: LookupWays = REAL_WAYS,
    private readonly patienceMillis = PATIENCE_MILLIS,
  ) {}

  /** The addresses of a name, from the first resolver that finds some. If none does, rejects with the error of the system resolver. */
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
    const shared = this.running.get(name);
    if (shared) return shared;
    const started = this.ways.system(name).finally(() => this.running.delete(name));
    this.running.set(name, started);
    return started;
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
