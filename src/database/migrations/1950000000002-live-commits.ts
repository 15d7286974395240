import { Table, TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const NAME = 'live_commits';

/** What each commit has changed, for streams. */
export class LiveCommits1950000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: NAME,
        columns: [
          { name: 'id', type: 'varchar', length: '24', isPrimary: true },
          { name: 'seq', type: 'bigint', isNullable: true },
          { name: 'bucket_id', type: 'varchar', length: '24' },
          { name: 'points', type: 'integer' },
          { name: 'places', type: 'text' },
          { name: 'written_at', type: 'bigint' },
        ],
        indices: [
          new TableIndex({ name: 'live_commits_by_seq', columnNames: ['seq'], isUnique: true }),
          new TableIndex({ name: 'live_commits_unnumbered', columnNames: ['written_at', 'id'], where: 'seq IS NULL' }),
          new TableIndex({ name: 'live_commits_beginnings', columnNames: ['bucket_id', 'seq'], where: "places = ''" }),
        ],
      }),
    );
    // TypeORM's addColumn would copy the table on SQLite.
    await runner.query('ALTER TABLE buckets ADD COLUMN live_until bigint');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE buckets DROP COLUMN live_until');
    await runner.dropTable(NAME);
  }
}
