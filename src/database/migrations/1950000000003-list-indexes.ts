import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEXES = {
  api_keys_by_organization: 'api_keys (organization_id, created_at, id, session_of) WHERE deleted_at IS NULL',
  data_sources_by_age: 'data_sources (created_at, id) WHERE deleted_at IS NULL',
  alert_rules_by_age: 'alert_rules (created_at, id)',
  webhook_deliveries_by_status: 'webhook_deliveries (status, created_at, id)',
} as const;

/** The order of lists over all buckets of an organization. */
export class ListIndexes1950000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, on] of Object.entries(INDEXES)) await runner.query(`CREATE INDEX ${name} ON ${on}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of Object.keys(INDEXES)) await runner.query(`DROP INDEX ${name}`);
  }
}
