import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE series (
    bucket_id varchar(24) NOT NULL,
    hash varchar(22) NOT NULL,
    source integer NOT NULL,
    measurement text NOT NULL,
    PRIMARY KEY (bucket_id, hash)
  )`,
  'CREATE UNIQUE INDEX series_by_source ON series (source)',
  `CREATE TABLE series_tags (
    source integer NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (source, name)
  )`,
];

/** The measurement and tags of data sources that line protocol creates. */
export class Series1950000000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE series_tags');
    await runner.query('DROP TABLE series');
  }
}
