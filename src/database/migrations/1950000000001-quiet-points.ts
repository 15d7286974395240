import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When data last arrived, apart from points that were stored as history. */
export class QuietPoints1950000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // TypeORM's addColumn would copy the whole table on SQLite.
    await runner.query('ALTER TABLE point_totals ADD COLUMN arrived_at bigint');
    await runner.query('UPDATE point_totals SET arrived_at = ingested_at');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE point_totals DROP COLUMN arrived_at');
  }
}
