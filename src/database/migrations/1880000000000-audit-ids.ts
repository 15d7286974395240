import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds an event of the audit log by its id, so that a list can go on behind it. */
export class AuditIds1880000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX audit_log_by_id ON audit_log (id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_log_by_id');
  }
}
