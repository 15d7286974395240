import { Table, TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const BY_TIME = { name: 'webhook_deliveries_by_time', columnNames: ['status', 'next_at'] };
const BY_RECEIVER = {
  name: 'webhook_deliveries_by_receiver',
  columnNames: ['status', 'receiver', 'next_at', 'id'],
};

/** Rules whose history is still to be removed, and which deliveries go to the same receiver. */
export class AlertUpkeep1740000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'ended_alert_rules',
        columns: [
          { name: 'id', type: 'varchar', length: '24', isPrimary: true },
          { name: 'ended_at', type: 'bigint' },
        ],
      }),
    );
    await runner.addColumn(
      'webhook_deliveries',
      new TableColumn({ name: 'receiver', type: 'varchar', length: '260', default: "''" }),
    );
    await runner.dropIndex('webhook_deliveries', BY_TIME.name);
    await runner.createIndex('webhook_deliveries', new TableIndex(BY_RECEIVER));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('webhook_deliveries', BY_RECEIVER.name);
    await runner.createIndex('webhook_deliveries', new TableIndex(BY_TIME));
    await runner.dropColumn('webhook_deliveries', 'receiver');
    await runner.dropTable('ended_alert_rules');
  }
}
