import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { repeat, type Repetition } from './repeat';
import { databaseFailureOf, type DatabaseFailure } from './database-failure';

const MINUTE_MILLIS = 60_000;
const LOOK_MILLIS = 1000;
/** An outage ends after this time without a failure, once a write has succeeded. */
const QUIET_MILLIS = 5000;
/** Other errors of background work that are remembered, so that each is logged once a minute. */
export const MAX_REPEATED = 100;

type Cause = DatabaseFailure | 'contended' | 'overloaded' | 'readOnly' | 'refused';

const WORDS: Readonly<Record<Cause, string>> = {
  full: 'its disk is full',
  damaged: 'what is stored is damaged',
  gone: 'its file was deleted, moved or replaced',
  outdated: 'another version of the server has changed it',
  busy: 'another program has locked it',
  contended: 'transactions wait for locks for too long, or for each other',
  overloaded: 'it is short of connections or memory',
  readOnly: 'it is read-only',
  refused: "it does not admit the server's user",
  unavailable: 'it does not answer or is not reachable',
};

/** Kinds of temporary failure, by PostgreSQL's code. */
const CAUSES: readonly (readonly [Cause, RegExp])[] = [
  ['contended', /^(40\w{3}|55P03)$/],
  ['overloaded', /^53\d{3}$/],
  ['readOnly', /^(2500[67]|SQLITE_READONLY.*)$/],
  ['refused', /^(28\w{3}|3D000)$/],
];

/** Causes that last until the operator acts. */
const NEEDS_OPERATOR: ReadonlySet<Cause> = new Set(['full', 'damaged', 'gone', 'outdated', 'readOnly', 'refused']);

interface Outage {
  readonly why: string;
  readonly startedAt: number;
  readonly quietMillis: number;
  lastFailureAt: number;
  /** When a write first succeeded after the last failure. */
  workedAt: number | undefined;
  lastLineAt: number;
  requests: number;
  steps: number;
}

interface Repeated {
  lastLineAt: number;
  times: number;
}

type Sink = Pick<Logger, 'log' | 'warn' | 'error'>;

/**
 * Keeps the log readable during a database outage: it logs one line when the outage starts, one per minute while it lasts,
 * and one when it is over. Each cause is a separate outage.
 */
export class OutageLog implements OnApplicationShutdown {
  private readonly open = new Map<Cause, Outage>();
  /** When outages ended. An outage that returns within a minute is logged as over only after a quiet minute. */
  private readonly endedAt = new Map<Cause, number>();
  private readonly failedAt = new Map<Cause, number>();
  private readonly repeated = new Map<string, Repeated>();
  private repetition: Repetition | undefined;
  private hasStopped = false;

  constructor(
    private readonly sink: Sink = new Logger('Database'),
    private readonly now: () => number = () => performance.now(),
    /** What the operator can do, by cause. It is appended to the first line of an outage. */
    private readonly remedies: Readonly<Record<string, string>> = {},
  ) {}

  /** Counts a request that failed. @returns whether the database is the cause, so that the caller need not log the request */
  request(what: string, cause: unknown): boolean {
    const outage = this.failed(what, cause);
    if (outage) outage.requests += 1;
    return outage !== undefined;
  }

  /**
   * Counts a failed step of background work that will be retried. If the database is not the cause, it logs a line, the
   * same one at most once a minute.
   *
   * @param what the start of the log line, such as "Alert rules could not be evaluated yet"
   */
  background(what: string, cause: unknown): void {
    const outage = this.failed(what, cause);
    if (outage) outage.steps += 1;
    else this.repeat(`${what}: ${messageOf(cause)}`);
  }

  /** Whether the database has failed for this reason within the last `withinMillis`. */
  hasSeen(failure: DatabaseFailure, withinMillis: number): boolean {
    return this.now() - (this.failedAt.get(failure) ?? -Infinity) <= withinMillis;
  }

  /** Records that a write has succeeded. */
  worked(): void {
    if (this.open.size === 0) return;
    const now = this.now();
    for (const outage of this.open.values()) outage.workedAt ??= now;
    this.look();
  }

  /** Ends its timer: a server that has stopped logs nothing more. */
  async onApplicationShutdown(): Promise<void> {
    this.hasStopped = true;
    await this.repetition?.stop();
  }

  private failed(what: string, cause: unknown): Outage | undefined {
    const failure = causeOf(cause);
    if (failure === undefined) return undefined;
    const now = this.now();
    const outage = this.open.get(failure) ?? this.begin(failure, what, cause);
    outage.lastFailureAt = now;
    this.failedAt.set(failure, now);
    outage.workedAt = undefined;
    return outage;
  }

  private begin(failure: Cause, what: string, cause: unknown): Outage {
    const now = this.now();
    const isBack = now - (this.endedAt.get(failure) ?? -Infinity) < MINUTE_MILLIS;
    const why = `${WORDS[failure]} (${messageOf(cause)})`;
    const outage: Outage = {
      ...{ why, startedAt: now, quietMillis: isBack ? MINUTE_MILLIS : QUIET_MILLIS },
      ...{ lastFailureAt: now, workedAt: undefined, lastLineAt: now, requests: 0, steps: 0 },
    };
    this.open.set(failure, outage);
    const remedy = this.remedies[failure];
    const line = `The database cannot be used: ${why}. First failure: ${what}${remedy ? `. ${remedy}` : ''}`;
    if (NEEDS_OPERATOR.has(failure)) this.sink.error(line);
    else this.sink.warn(line);
    if (!this.hasStopped) this.repetition ??= repeat(LOOK_MILLIS, () => this.look());
    return outage;
  }

  private look(): void {
    const now = this.now();
    for (const [failure, outage] of this.open) {
      if (outage.workedAt !== undefined && now - outage.lastFailureAt >= outage.quietMillis) {
        this.open.delete(failure);
        this.endedAt.set(failure, now);
        const lasted = durationOf(outage.workedAt - outage.startedAt);
        this.sink.log(`The database can be used again after ${lasted}: ${countsOf(outage)} failed`);
      } else if (now - outage.lastLineAt >= MINUTE_MILLIS) {
        outage.lastLineAt = now;
        const lasted = durationOf(now - outage.startedAt);
        this.sink.warn(
          `The database cannot be used for ${lasted} now: ${outage.why}. ${countsOf(outage)} failed so far`,
        );
      }
    }
    if (this.open.size > 0) return;
    void this.repetition?.stop();
    this.repetition = undefined;
  }

  private repeat(line: string): void {
    const now = this.now();
    const before = this.repeated.get(line);
    if (before && now - before.lastLineAt < MINUTE_MILLIS) {
      before.times += 1;
      return;
    }
    const times = before?.times ?? 0;
    this.sink.warn(times > 0 ? `${line} (${times} more times since the last such line)` : line);
    this.repeated.delete(line);
    const [oldest] = this.repeated.keys();
    if (this.repeated.size >= MAX_REPEATED && oldest !== undefined) this.repeated.delete(oldest);
    this.repeated.set(line, { lastLineAt: now, times: 0 });
  }
}

function causeOf(thrown: unknown): Cause | undefined {
  const failure = databaseFailureOf(thrown);
  if (failure !== 'unavailable') return failure;
  const { code, driverError } = thrown as { code?: string; driverError?: { code?: string } };
  const [cause] = CAUSES.find(([, codes]) => codes.test(driverError?.code ?? code ?? '')) ?? [failure];
  return cause;
}

function messageOf(cause: unknown): string {
  const { message, code } = (cause ?? {}) as { message?: unknown; code?: unknown };
  // A refused connection to several addresses has an empty message.
  return [message, code].find((text): text is string => typeof text === 'string' && text !== '') ?? String(cause);
}

function countsOf({ requests, steps }: Outage): string {
  return `${counted(requests, 'request')} and ${counted(steps, 'background step')}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function durationOf(millis: number): string {
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
