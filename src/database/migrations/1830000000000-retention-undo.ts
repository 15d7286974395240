import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = ['undo_from', 'undo_until'];

/** What a shorter retention hides stays stored for a day. What was hidden before the upgrade is erased as it was. */
export class RetentionUndo1830000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const name of COLUMNS) await runner.query(`ALTER TABLE buckets ADD COLUMN ${name} bigint`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of COLUMNS) await runner.query(`ALTER TABLE buckets DROP COLUMN ${name}`);
  }
}
