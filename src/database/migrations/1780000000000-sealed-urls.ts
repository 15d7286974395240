import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isPostgres } from '../sql';

/** Room for sealed URLs, which are longer than the URLs themselves. SQLite bounds no lengths. The server seals what is there at its start. */
export class SealedUrls1780000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (isPostgres(runner.manager)) await runner.query('ALTER TABLE webhooks ALTER COLUMN url TYPE text');
  }

  /** Fails on PostgreSQL while there are sealed URLs: they cannot be opened here, and do not fit. */
  async down(runner: QueryRunner): Promise<void> {
    if (isPostgres(runner.manager)) await runner.query('ALTER TABLE webhooks ALTER COLUMN url TYPE varchar(2000)');
  }
}
