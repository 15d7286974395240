import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** How far the clocks of the server and of its database may be apart, in milliseconds. */
export const LARGEST_CLOCK_OFFSET_MILLIS = 5000;

const ASK_POSTGRES = `SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now,
  (SELECT 1 FROM organizations LIMIT 1) AS found`;
const ASK_SQLITE = 'SELECT 1 FROM organizations LIMIT 1';

/** Compares the server's clock with the database's, by which all instances can be compared. On SQLite they are one. */
@Injectable()
export class Clock implements OnApplicationBootstrap {
  private readonly logger = new Logger('Clock');

  constructor(private readonly dataSource: DataSource) {}

  async onApplicationBootstrap(): Promise<void> {
    const offset = await this.ask();
    if (offset === undefined) return;
    const where = offset > 0 ? 'ahead of' : 'behind';
    this.logger.warn(
      `The clock of this machine is ${secondsOf(Math.abs(offset))} s ${where} the database's. Keys expire by it: set both by NTP`,
    );
  }

  /**
   * Asks the database, which shows that it answers.
   *
   * @returns by how many milliseconds the server's clock is ahead, below zero where it is behind; undefined where the
   *   two are at most 5 s apart, as far as the time that the answer took allows to tell
   */
  async ask(): Promise<number | undefined> {
    if (this.dataSource.options.type !== 'postgres') {
      await this.dataSource.query(ASK_SQLITE);
      return undefined;
    }
    const askedAt = Date.now();
    const [row] = await this.dataSource.query<{ now: string }[]>(ASK_POSTGRES);
    const halfWay = (Date.now() - askedAt) / 2;
    const offset = askedAt + halfWay - Number(row?.now);
    return Math.abs(offset) - Math.abs(halfWay) > LARGEST_CLOCK_OFFSET_MILLIS ? offset : undefined;
  }
}

/** Seconds with one decimal. */
export function secondsOf(millis: number): number {
  return Math.round(millis / 100) / 10;
}
