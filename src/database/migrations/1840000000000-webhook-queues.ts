import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const COLUMNS = [
  ['webhooks', 'receiver', "varchar(260) NOT NULL DEFAULT ''"],
  ['webhooks', 'queue', 'varchar(43)'],
  ['webhooks', 'sequence', 'integer NOT NULL DEFAULT 0'],
  ['webhooks', 'next_at', 'bigint'],
  ['webhooks', 'claimed_at', 'bigint'],
  ['webhooks', 'headers', 'text'],
  ['webhooks', 'attempted_at', 'bigint'],
  ['webhooks', 'last_error', 'varchar(300)'],
  ['webhooks', 'failed_since', 'bigint'],
  ['webhook_deliveries', 'sequence', 'integer NOT NULL DEFAULT 0'],
  ['webhook_deliveries', 'queued_at', 'bigint NOT NULL DEFAULT 0'],
] as const;
const DROPPED = [
  ['webhook_deliveries', 'receiver', "varchar(260) NOT NULL DEFAULT ''"],
  ['webhook_deliveries', 'next_at', 'bigint'],
] as const;

const OLD_INDEX = 'webhook_deliveries_by_receiver';
const INDEXES = {
  webhook_deliveries_by_order: 'webhook_deliveries (webhook_id, status, sequence, created_at, id)',
  webhook_deliveries_by_attempt: 'webhook_deliveries (status, attempted_at)',
  webhooks_by_queue: 'webhooks (queue)',
  webhooks_by_due: 'webhooks (receiver, next_at, id) WHERE next_at IS NOT NULL',
  webhooks_by_failure: 'webhooks (failed_since) WHERE failed_since IS NOT NULL',
};

const WAITING = "FROM webhook_deliveries d WHERE d.webhook_id = webhooks.id AND d.status = 'waiting'";
/** What waits goes on waiting: for each webhook until the earliest of its deliveries was due. */
const QUEUE_WAITING = `UPDATE webhooks SET receiver = (SELECT max(d.receiver) ${WAITING}),
  next_at = (SELECT min(d.next_at) ${WAITING}) WHERE EXISTS (SELECT 1 ${WAITING})`;
const BACK_TO_DELIVERIES = `UPDATE webhook_deliveries SET
  receiver = (SELECT w.receiver FROM webhooks w WHERE w.id = webhook_deliveries.webhook_id),
  next_at = (SELECT w.next_at FROM webhooks w WHERE w.id = webhook_deliveries.webhook_id)
  WHERE status = 'waiting' AND webhook_id IN (SELECT id FROM webhooks)`;

/** Each webhook has a queue of its own, what came of its last attempt, and headers; each URL can be paused. */
export class WebhookQueues1840000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // TypeORM's addColumn would copy whole tables on SQLite.
    for (const [table, name, type] of COLUMNS) await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
    await runner.query('UPDATE webhook_deliveries SET queued_at = created_at');
    await runner.query(QUEUE_WAITING);
    await runner.query(`DROP INDEX ${OLD_INDEX}`);
    for (const [table, name] of DROPPED) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
    for (const [name, on] of Object.entries(INDEXES)) await runner.query(`CREATE INDEX ${name} ON ${on}`);
    await runner.createTable(
      new Table({
        name: 'webhook_backoffs',
        columns: [
          { name: 'id', type: 'varchar', length: '43', isPrimary: true },
          { name: 'paused_until', type: 'bigint' },
          { name: 'pauses', type: 'integer' },
          { name: 'failed_at', type: 'bigint', isNullable: true },
          { name: 'created_at', type: 'bigint' },
        ],
        indices: [new TableIndex({ name: 'webhook_backoffs_by_age', columnNames: ['created_at'] })],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('webhook_backoffs');
    for (const name of Object.keys(INDEXES)) await runner.query(`DROP INDEX ${name}`);
    for (const [table, name, type] of DROPPED) await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
    await runner.query(BACK_TO_DELIVERIES);
    // The version before knows no such status.
    await runner.query("UPDATE webhook_deliveries SET status = 'failed' WHERE status = 'dropped'");
    await runner.query(`CREATE INDEX ${OLD_INDEX} ON webhook_deliveries (status, receiver, next_at, id)`);
    for (const [table, name] of COLUMNS) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
  }
}
