import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

const COLUMNS = [
  ['data_sources', 'metadata_count', 'integer NOT NULL DEFAULT 0'],
  ['data_sources', 'next_metadata', 'integer NOT NULL DEFAULT 1'],
  ['data_sources', 'metadata_version', 'integer NOT NULL DEFAULT 0'],
  ['point_metadata', 'line', 'varchar(24)'],
  ['point_metadata', 'seen', 'integer NOT NULL DEFAULT 0'],
] as const;

/** One pass over the index of digests, however long the texts are. */
const COUNT_SOURCES = `UPDATE data_sources SET
  metadata_count = (SELECT count(*) FROM point_metadata m WHERE m.source = data_sources.number),
  next_metadata = (SELECT coalesce(max(m.number), 0) + 1 FROM point_metadata m WHERE m.source = data_sources.number)`;
const COUNT_BUCKETS = `INSERT INTO metadata_counts (bucket_id, line, count)
  SELECT bucket_id, '', sum(metadata_count) FROM data_sources GROUP BY bucket_id HAVING sum(metadata_count) > 0`;
/** Points may have been removed before, so that each source with metadata is looked through once. */
const SWEEP_ALL = `INSERT INTO metadata_sweeps (source, removals, swept, not_before)
  SELECT number, 1, 0, 0 FROM data_sources WHERE metadata_count > 0 AND deleted_at IS NULL`;

/** Counts of distinct metadata by source, bucket and rotation line, and which sources may have unused metadata. */
export class MetadataBounds1760000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // TypeORM's addColumn would copy whole tables on SQLite.
    for (const [table, name, type] of COLUMNS) await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
    await runner.createTable(
      new Table({
        name: 'metadata_counts',
        columns: [
          { name: 'bucket_id', type: 'varchar', length: '24', isPrimary: true },
          { name: 'line', type: 'varchar', length: '24', isPrimary: true },
          { name: 'count', type: 'integer' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'metadata_sweeps',
        columns: [
          { name: 'source', type: 'integer', isPrimary: true },
          { name: 'removals', type: 'bigint' },
          { name: 'swept', type: 'bigint' },
          { name: 'not_before', type: 'bigint' },
        ],
      }),
    );
    for (const statement of [COUNT_SOURCES, COUNT_BUCKETS, SWEEP_ALL]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['metadata_sweeps', 'metadata_counts']) await runner.dropTable(table);
    for (const [table, name] of COLUMNS) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
  }
}
