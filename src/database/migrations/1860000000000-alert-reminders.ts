import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = [
  ['alert_rules', 'repeat_minutes', 'integer'],
  ['alert_events', 'repeats', 'integer NOT NULL DEFAULT 0'],
  ['alert_events', 'reason', 'varchar(8)'],
] as const;

/** Reminders apart from the cooldown, and why an alert ended. */
export class AlertReminders1860000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // TypeORM's addColumn would copy whole tables on SQLite.
    for (const [table, name, type] of COLUMNS) await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, name] of COLUMNS) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
  }
}
