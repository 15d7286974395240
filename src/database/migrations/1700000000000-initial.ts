import {
  Table,
  TableForeignKey,
  TableIndex,
  type MigrationInterface,
  type QueryRunner,
  type TableColumnOptions,
} from 'typeorm';

const id = (name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: '24',
  ...more,
});
const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});
const millis = (name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'bigint',
  ...more,
});

/** Organisations, buckets and API keys. */
export class Initial1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'organizations',
        columns: [id('id', { isPrimary: true }), text('name', 100), millis('created_at')],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'buckets',
        columns: [
          id('id', { isPrimary: true }),
          id('organization_id'),
          text('name', 100),
          text('description', 500),
          { name: 'retention_days', type: 'integer', isNullable: true },
          text('status', 8),
          millis('created_at'),
          millis('updated_at'),
          millis('deleted_at', { isNullable: true }),
        ],
        indices: [
          new TableIndex({
            name: 'buckets_by_organization',
            columnNames: ['organization_id', 'deleted_at', 'created_at', 'id'],
          }),
        ],
        foreignKeys: [reference('buckets_organization', 'organization_id', 'organizations')],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'api_keys',
        columns: [
          id('id', { isPrimary: true }),
          id('organization_id'),
          id('bucket_id', { isNullable: true }),
          text('name', 100),
          text('type', 5),
          text('hash', 64),
          text('hint', 4),
          millis('created_at'),
          millis('last_used_at', { isNullable: true }),
          millis('deleted_at', { isNullable: true }),
        ],
        indices: [
          new TableIndex({ name: 'api_keys_by_hash', columnNames: ['hash'], isUnique: true }),
          new TableIndex({
            name: 'api_keys_by_scope',
            columnNames: ['organization_id', 'bucket_id', 'deleted_at', 'created_at', 'id'],
          }),
        ],
        foreignKeys: [
          reference('api_keys_organization', 'organization_id', 'organizations'),
          reference('api_keys_bucket', 'bucket_id', 'buckets'),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['api_keys', 'buckets', 'organizations']) await runner.dropTable(table);
  }
}

function reference(name: string, column: string, table: string): TableForeignKey {
  return new TableForeignKey({
    name,
    columnNames: [column],
    referencedTableName: table,
    referencedColumnNames: ['id'],
  });
}
