import type { PoolClient } from 'pg';
import type { HeldConnection } from './held-connection';

const ASK_AFTER_MILLIS = 2000;
const ASK_AGAIN_MILLIS = 750;
/** Two, since an answer may be on its way while PostgreSQL is asked. */
const MOST_SILENT_ANSWERS = 2;

const STATES = `SELECT pid, state FROM pg_stat_activity WHERE pid IN ($1, pg_backend_pid())`;
const CANCEL = 'SELECT pg_cancel_backend($1)';

interface State {
  askedAt: number;
  silentAnswers: number;
  bytesRead: number;
}

/** What pg keeps to itself of a connection. */
interface Internals {
  readonly processID: number;
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: { readonly bytesRead: number } };
}

/**
 * Finds queries whose answer never comes, long before their deadline: a connection that was cut off without a word looks
 * like a slow query from here, but PostgreSQL says that its session is idle or gone. Behind a pooler such as PgBouncer,
 * where sessions cannot be told by their number, it finds nothing.
 */
export class SilenceWatch {
  private readonly states = new WeakMap<HeldConnection, State>();
  private isBlind = false;

  /** @param take gives a connection to ask on */
  constructor(private readonly take: () => Promise<HeldConnection>) {}

  /** Whether the answer to this query is lost. Asks at most every 750 ms, once the query has taken 2 s. */
  async isSilent(held: HeldConnection, now: number): Promise<boolean> {
    const { readyForQuery, connection } = internalsOf(held.client);
    if (this.isBlind || readyForQuery || now - held.takenAt < ASK_AFTER_MILLIS) return false;
    const { bytesRead } = connection.stream;
    const state = this.states.get(held) ?? { askedAt: 0, silentAnswers: 0, bytesRead };
    if (now - state.askedAt < ASK_AGAIN_MILLIS) return false;
    this.states.set(held, state);
    state.askedAt = now;
    const isAtWork = (await this.isAtWork(held)) || bytesRead !== state.bytesRead;
    state.bytesRead = bytesRead;
    state.silentAnswers = isAtWork ? 0 : state.silentAnswers + 1;
    return state.silentAnswers >= MOST_SILENT_ANSWERS;
  }

  /** Ends a query at PostgreSQL too, which would otherwise continue to run it. Only for queries: they change nothing. */
  async cancel(held: HeldConnection): Promise<void> {
    if (this.isBlind || !this.states.has(held)) return;
    await this.ask(CANCEL, internalsOf(held.client).processID).catch(() => undefined);
  }

  /** Where that cannot be found out, it counts as at work. */
  private async isAtWork(held: HeldConnection): Promise<boolean> {
    const { processID } = internalsOf(held.client);
    try {
      const { own, rows } = await this.ask<{ pid: number; state: string | null }>(STATES, processID);
      this.isBlind ||= !rows.some(({ pid }) => pid === own);
      const state = rows.find(({ pid }) => pid === processID)?.state ?? 'gone';
      return this.isBlind || !/^(idle|gone)/.test(state);
    } catch {
      return true;
    }
  }

  private async ask<Row extends object = object>(
    sql: string,
    processID: number,
  ): Promise<{ own: number; rows: Row[] }> {
    const held = await this.take();
    try {
      const { rows } = await held.client.query<Row>(sql, [processID]);
      held.release();
      return { own: internalsOf(held.client).processID, rows };
    } catch (cause) {
      held.release(cause as Error);
      throw cause;
    }
  }
}

function internalsOf(client: PoolClient): Internals {
  return client as unknown as Internals;
}
