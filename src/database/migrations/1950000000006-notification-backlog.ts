import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notifications whose history entries and messages are written after the commit of the points that caused them. */
export class NotificationBacklog1950000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE notification_backlog (
      id varchar(24) PRIMARY KEY NOT NULL,
      source_id varchar(24) NOT NULL,
      sequence integer NOT NULL,
      notifications text NOT NULL,
      created_at bigint NOT NULL
    )`);
    await runner.query(
      'CREATE UNIQUE INDEX notification_backlog_by_order ON notification_backlog (source_id, sequence)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE notification_backlog');
  }
}
