import {
  Table,
  TableColumn,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
} from 'typeorm';

const long = (name: string, isNullable = false): TableColumnOptions => ({ name, type: 'bigint', isNullable });
const text = (name: string, length?: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  ...(length === undefined ? { type: 'text' } : { type: 'varchar', length: String(length) }),
  ...more,
});
const id = text('id', 24, { isPrimary: true });
const maybe = { isNullable: true };

/** Alert rules, their events, and the webhooks that they notify. */
export class Alerts1730000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('data_sources', new TableColumn({ name: 'watch_version', type: 'integer', default: 0 }));
    await runner.createTable(
      new Table({
        name: 'alert_rules',
        columns: [
          ...[id, text('bucket_id', 24), text('source_id', 24), text('name', 100)],
          ...[text('condition', 500), text('parsed_condition'), { name: 'cooldown_minutes', type: 'integer' }],
          ...[text('status', 6), text('memory'), long('due_at', true)],
          ...[long('last_triggered_at', true), long('created_at'), long('updated_at')],
        ],
        indices: [
          new TableIndex({ name: 'alert_rules_by_bucket', columnNames: ['bucket_id', 'created_at', 'id'] }),
          new TableIndex({ name: 'alert_rules_by_source', columnNames: ['source_id'] }),
          new TableIndex({ name: 'alert_rules_by_due', columnNames: ['due_at'] }),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'alert_events',
        columns: [
          ...[id, text('rule_id', 24), text('bucket_id', 24), text('event', 9), long('at'), text('current_value')],
          ...[text('data_point', undefined, maybe), long('created_at')],
        ],
        indices: [
          new TableIndex({ name: 'alert_events_by_rule', columnNames: ['rule_id', 'at', 'id'] }),
          new TableIndex({ name: 'alert_events_by_bucket', columnNames: ['bucket_id', 'event', 'at'] }),
          new TableIndex({ name: 'alert_events_by_age', columnNames: ['created_at'] }),
        ],
      }),
    );
    await this.createWebhooks(runner);
  }

  private async createWebhooks(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'webhooks',
        columns: [
          ...[id, text('url', 2000), text('secret'), text('previous_secret', undefined, maybe)],
          ...[long('previous_until', true), long('switched_off_at', true)],
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'webhook_deliveries',
        columns: [
          ...[id, text('webhook_id', 24), text('event', 32), text('payload'), text('told'), text('status', 9)],
          ...[{ name: 'attempts', type: 'integer' }, long('next_at', true)],
          ...[{ name: 'response_status', type: 'integer', ...maybe }, text('error', 300, maybe)],
          ...[long('created_at'), long('attempted_at', true)],
        ],
        indices: [
          new TableIndex({ name: 'webhook_deliveries_by_webhook', columnNames: ['webhook_id', 'created_at', 'id'] }),
          new TableIndex({ name: 'webhook_deliveries_by_time', columnNames: ['status', 'next_at'] }),
          new TableIndex({ name: 'webhook_deliveries_by_age', columnNames: ['created_at'] }),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['webhook_deliveries', 'webhooks', 'alert_events', 'alert_rules'])
      await runner.dropTable(table);
    await runner.dropColumn('data_sources', 'watch_version');
  }
}
