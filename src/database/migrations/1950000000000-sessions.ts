import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const byScope = (more: string) => `CREATE INDEX api_keys_by_scope
  ON api_keys (organization_id, bucket_id, deleted_at, created_at, id, retired_at, expires_at, disabled_at${more})`;
const SESSIONS_OF_KEY = `CREATE INDEX api_keys_sessions_of_key ON api_keys (session_of, expires_at)
  WHERE session_of IS NOT NULL AND deleted_at IS NULL`;
const SESSIONS_BY_AGE = 'CREATE INDEX api_keys_sessions_by_age ON api_keys (created_at) WHERE session_of IS NOT NULL';

/**
 * Session keys and the one-time codes that open them. `session_of` has no foreign key: keys are never removed, only marked, and a
 * session key is checked against its key at each request.
 */
export class Sessions1950000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE api_keys ADD COLUMN session_of varchar(24)');
    await runner.query(SESSIONS_OF_KEY);
    await runner.query(SESSIONS_BY_AGE);
    await runner.query('DROP INDEX api_keys_by_scope');
    await runner.query(byScope(', session_of'));
    await runner.createTable(
      new Table({
        name: 'session_codes',
        columns: [
          { name: 'id', type: 'varchar', length: '64', isPrimary: true },
          { name: 'key_id', type: 'varchar', length: '24' },
          { name: 'created_at', type: 'bigint' },
          { name: 'expires_at', type: 'bigint' },
          { name: 'used_at', type: 'bigint', isNullable: true },
        ],
        indices: [new TableIndex({ name: 'session_codes_by_age', columnNames: ['created_at'] })],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('session_codes');
    for (const index of ['api_keys_sessions_of_key', 'api_keys_sessions_by_age', 'api_keys_by_scope'])
      await runner.query(`DROP INDEX ${index}`);
    // They would become keys of their own.
    await runner.query('DELETE FROM api_keys WHERE session_of IS NOT NULL');
    await runner.query('ALTER TABLE api_keys DROP COLUMN session_of');
    await runner.query(byScope(''));
  }
}
