import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** By hand, since SQLite's TypeORM would copy the whole table for each of them. */
const KEY_COLUMNS = [
  "line_id varchar(24) NOT NULL DEFAULT ''",
  'newest_id varchar(24)',
  'made_by varchar(5)',
  'retired_at bigint',
  'no_self_rotation smallint',
];

/** Each pass doubles the length of the chains that are followed to their end: far more than any line needs. */
const MAX_PASSES = 40;

const FIRST_STEP = `UPDATE api_keys SET line_id =
  COALESCE((SELECT old.id FROM api_keys old WHERE old.id = api_keys.replaces), api_keys.id)`;
const NEXT_STEP = `UPDATE api_keys SET line_id = old.line_id FROM api_keys old
  WHERE api_keys.replaces IS NOT NULL AND old.id = api_keys.line_id AND old.line_id <> api_keys.line_id`;
const ANY_LEFT = `SELECT 1 AS found FROM api_keys k JOIN api_keys old ON old.id = k.line_id
  WHERE k.replaces IS NOT NULL AND old.line_id <> k.line_id LIMIT 1`;
const NEWEST = `UPDATE api_keys SET newest_id = made.id FROM (
    SELECT id, line_id, row_number() OVER (PARTITION BY line_id ORDER BY created_at DESC, id DESC) AS place
    FROM api_keys WHERE replaces IS NOT NULL
  ) AS made WHERE made.place = 1 AND made.line_id = api_keys.id`;
const LIVING_INDEX = `CREATE INDEX api_keys_living_of_line ON api_keys (line_id, expires_at)
  WHERE replaces IS NOT NULL AND deleted_at IS NULL AND retired_at IS NULL`;
/** With every column that decides whether a key is valid, so that valid keys are counted in the index alone. */
const byScope = (more: string) => `CREATE INDEX api_keys_by_scope
  ON api_keys (organization_id, bucket_id, deleted_at, created_at, id${more})`;
const USAGE_OF_LINES = `INSERT INTO line_usage (day, line_id, requests)
  SELECT u.day, k.line_id, sum(u.requests) FROM key_usage u JOIN api_keys k ON k.id = u.key_id
  WHERE k.replaces IS NOT NULL GROUP BY u.day, k.line_id`;

/** The audit log tells which replacements were made by the key itself. */
const madeBy = (replacedBy: string) => `UPDATE api_keys SET made_by = CASE WHEN id IN (
    SELECT CASE WHEN action = 'apiKey.rotated' AND actor_id = target_id THEN ${replacedBy} END FROM audit_log
    WHERE action = 'apiKey.rotated' AND actor_id = target_id
  ) THEN 'self' ELSE 'admin' END WHERE replaces IS NOT NULL`;

/** A key and what it was rotated into as one line, keys that are ended by a mark, and counters of living keys. */
export class KeyLines1750000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === 'postgres';
    for (const column of KEY_COLUMNS) await runner.query(`ALTER TABLE api_keys ADD COLUMN ${column}`);
    await runner.query(FIRST_STEP);
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const left = (await runner.query(ANY_LEFT)) as unknown[];
      if (left.length === 0) break;
      await runner.query(NEXT_STEP);
    }
    await runner.query(NEWEST);
    await runner.query(madeBy(isPostgres ? "details::json ->> 'replacedBy'" : "json_extract(details, '$.replacedBy')"));
    await runner.query(LIVING_INDEX);
    await runner.query('DROP INDEX api_keys_by_scope');
    await runner.query(byScope(', retired_at, expires_at'));
    await runner.createTable(
      new Table({
        name: 'key_counts',
        withoutRowid: true,
        columns: [
          { name: 'scope_id', type: 'varchar', length: '24', isPrimary: true },
          { name: 'at_most', type: 'integer' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'line_usage',
        withoutRowid: true,
        columns: [
          { name: 'day', type: 'integer', isPrimary: true },
          { name: 'line_id', type: 'varchar', length: '24', isPrimary: true },
          { name: 'requests', type: 'bigint' },
        ],
      }),
    );
    await runner.query(USAGE_OF_LINES);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['line_usage', 'key_counts']) await runner.dropTable(table);
    await runner.query('DROP INDEX api_keys_living_of_line');
    await runner.query('DROP INDEX api_keys_by_scope');
    await runner.query(byScope(''));
    for (const column of KEY_COLUMNS)
      await runner.query(`ALTER TABLE api_keys DROP COLUMN ${column.split(' ', 1)[0] ?? ''}`);
  }
}
