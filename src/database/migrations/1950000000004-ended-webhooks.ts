import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which queued messages of a webhook whose owner is deleted are no longer sent. */
export class EndedWebhooks1950000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks ADD COLUMN drop_before integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE webhooks DROP COLUMN drop_before');
  }
}
