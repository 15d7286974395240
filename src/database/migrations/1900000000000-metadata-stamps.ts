import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Data sources name the state of their metadata, so that numbers cached in memory are recognized as stale. */
export class MetadataStamps1900000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE data_sources ADD COLUMN metadata_stamp integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE data_sources DROP COLUMN metadata_stamp');
  }
}
