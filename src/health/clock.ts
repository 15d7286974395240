import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** The largest tolerated offset between the clocks of the server and its database. */
export const LARGEST_CLOCK_OFFSET_MILLIS = 5000;

const ASK_POSTGRES = `SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now,
  (SELECT 1 FROM organizations LIMIT 1) AS found`;
const ASK_SQLITE = 'SELECT 1 FROM organizations LIMIT 1';

/** Compares the server's clock with the database's, which all instances share. On SQLite they are the same. */
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
   * Reads the database's clock, which also shows that the database responds.
   *
   * @returns how many milliseconds the server's clock is ahead, negative if it is behind; undefined if the offset is at most
   *   5 s, within the accuracy that the round trip allows
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
