import type { PoolClient } from 'pg';
import type { HeldConnection } from './held-connection';

const ASK_AFTER_MILLIS = 2000;
const ASK_AGAIN_MILLIS = 750;
/** Two, because the response may be in transit during the first check. */
const MAX_SILENT_ANSWERS = 2;

const STATES = `SELECT pid, state FROM pg_stat_activity WHERE pid IN ($1, pg_backend_pid())`;
const CANCEL = 'SELECT pg_cancel_backend($1)';

interface State {
  askedAt: number;
  silentAnswers: number;
  bytesRead: number;
}

/** Private fields of pg's client. */
interface Internals {
  readonly processID: number;
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: { readonly bytesRead: number } };
}

/**
 * Detects queries whose response was lost, long before their deadline. A connection that was dropped silently looks like a slow
 * query, but PostgreSQL reports its session as idle or gone. Behind a pooler such as PgBouncer, where process ids do not identify
 * sessions, it detects nothing.
 */
export class SilenceWatch {
  private readonly states = new WeakMap<HeldConnection, State>();
  private isBlind = false;

  /** @param take takes a connection for the check */
  constructor(private readonly take: () => Promise<HeldConnection>) {}

  /** Whether the response to this query is lost. Checks at most every 750 ms, once the query has taken 2 s. */
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
    return state.silentAnswers >= MAX_SILENT_ANSWERS;
  }

  /** Cancels a query in PostgreSQL, which would otherwise continue to run it. Only for reads. */
  async cancel(held: HeldConnection): Promise<void> {
    if (this.isBlind || !this.states.has(held)) return;
    await this.ask(CANCEL, internalsOf(held.client).processID).catch(() => undefined);
  }

  /** True also if the check fails. */
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
