import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rollup windows whose rollups of fields are computed after the commit of their points. */
export class PendingRollups1950000000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const isSqlite = runner.connection.options.type === 'better-sqlite3';
    await runner.query(`CREATE TABLE pending_rollups (
      source integer NOT NULL,
      quarter integer NOT NULL,
      version bigint NOT NULL,
      PRIMARY KEY (source, quarter)
    )${isSqlite ? ' WITHOUT ROWID' : ''}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pending_rollups');
  }
}
