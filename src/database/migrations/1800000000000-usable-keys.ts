import type { MigrationInterface, QueryRunner } from 'typeorm';

const byScope = (more: string) => `CREATE INDEX api_keys_by_scope
  ON api_keys (organization_id, bucket_id, deleted_at, created_at, id, retired_at, expires_at${more})`;

/** Every column that decides whether a key is valid is in the index by scope, so that a bucket's keys are counted in it alone. */
export class UsableKeys1800000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX api_keys_by_scope');
    await runner.query(byScope(', disabled_at'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX api_keys_by_scope');
    await runner.query(byScope(''));
  }
}
