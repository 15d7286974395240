import { Table, TableColumn, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const BY_TIME = 'webhook_deliveries_by_time';

/** Rules whose history is still to be removed, and what tells which deliveries go to the same receiver. */
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
    await this.replaceIndex(runner, ['status', 'next_at', 'receiver']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await this.replaceIndex(runner, ['status', 'next_at']);
    await runner.dropColumn('webhook_deliveries', 'receiver');
    await runner.dropTable('ended_alert_rules');
  }

  private async replaceIndex(runner: QueryRunner, columnNames: string[]): Promise<void> {
    await runner.dropIndex('webhook_deliveries', BY_TIME);
    await runner.createIndex('webhook_deliveries', new TableIndex({ name: BY_TIME, columnNames }));
  }
}
