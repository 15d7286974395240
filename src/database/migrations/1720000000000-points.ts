import { Table, TableIndex, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

const key = (name: string, type = 'integer'): TableColumnOptions => ({ name, type, isPrimary: true });
const whole = (name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'integer',
  ...more,
});
const long = (name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'bigint',
  ...more,
});
const number = (name: string): TableColumnOptions => ({ name, type: 'double precision', isNullable: true });
const text = (name: string, length?: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  ...(length === undefined ? { type: 'text' } : { type: 'varchar', length: String(length) }),
  ...more,
});
const maybe = { isNullable: true };

/** Data sources, their points, and their aggregates. */
export class Points1720000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'data_sources',
        columns: [
          text('id', 24, { isPrimary: true }),
          whole('number'),
          text('bucket_id', 24),
          text('name', 100),
          text('type', 50),
          text('description', 500),
          text('schema'),
          { name: 'downsampling', type: 'boolean' },
          text('status', 8),
          long('created_at'),
          long('updated_at'),
          long('deleted_at', maybe),
        ],
        indices: [
          new TableIndex({ name: 'data_sources_by_number', columnNames: ['number'], isUnique: true }),
          new TableIndex({
            name: 'data_sources_by_bucket',
            columnNames: ['bucket_id', 'deleted_at', 'created_at', 'id'],
          }),
        ],
        foreignKeys: [
          {
            name: 'data_sources_bucket',
            columnNames: ['bucket_id'],
            referencedTableName: 'buckets',
            referencedColumnNames: ['id'],
          },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'points',
        withoutRowid: true,
        columns: [
          key('source'),
          key('at', 'bigint'),
          key('meta'),
          ...['v0', 'v1', 'v2', 'v3', 'v4', 'v5'].map(number),
          text('rest', undefined, maybe),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'point_metadata',
        withoutRowid: true,
        columns: [key('source'), key('number'), text('digest', 32), text('text')],
        indices: [
          new TableIndex({ name: 'point_metadata_by_digest', columnNames: ['source', 'digest'], isUnique: true }),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'rollups',
        withoutRowid: true,
        columns: [
          ...['source', 'slot', 'quarter'].map((name) => key(name)),
          whole('n'),
          ...['sum', 'm2', 'min', 'max'].map(number),
          ...[long('first_at'), whole('first_meta'), number('first'), text('first_text', undefined, maybe)],
          ...[long('last_at'), whole('last_meta'), number('last'), text('last_text', undefined, maybe)],
        ],
      }),
    );
    await this.createCounts(runner);
  }

  private async createCounts(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({ name: 'point_totals', columns: [key('source'), long('count'), long('ingested_at')] }),
    );
    await runner.createTable(
      new Table({
        name: 'long_tasks',
        columns: [text('name', 100, { isPrimary: true }), text('state'), long('updated_at')],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['long_tasks', 'point_totals', 'rollups', 'point_metadata', 'points', 'data_sources'])
      await runner.dropTable(table);
  }
}
