import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MIGRATING_CODE, OTHER_VERSION_CODE } from '../../common/database-failure';
import { isPostgres } from '../sql';

/**
 * Each transaction that writes calls it first. Its lock is shared among them, and exclusive for a migration: none of them is
 * under way while the schema changes, and those that come after see the new version. It waits for nothing.
 */
const CREATE = `CREATE FUNCTION assert_schema_version(expected integer) RETURNS void LANGUAGE plpgsql AS
  $$ BEGIN
    IF NOT pg_try_advisory_xact_lock_shared(1684106092) THEN
      RAISE EXCEPTION 'The schema of the database is being changed' USING ERRCODE = '${MIGRATING_CODE}';
    END IF;
    IF (SELECT count(*) FROM migrations) <> expected THEN
      RAISE EXCEPTION 'The schema of the database has another version than %', expected
        USING ERRCODE = '${OTHER_VERSION_CODE}';
    END IF;
  END $$`;

/** Stops servers of another version from writing. SQLite has `PRAGMA user_version` for it. */
export class SchemaGuard1910000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (isPostgres(runner.manager)) await runner.query(CREATE);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (isPostgres(runner.manager)) await runner.query('DROP FUNCTION assert_schema_version(integer)');
  }
}
