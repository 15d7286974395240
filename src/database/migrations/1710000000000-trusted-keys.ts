import { Table, TableIndex, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

const text = (name: string, length: number, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'varchar',
  length: String(length),
  ...more,
});
const long = (name: string, more: Partial<TableColumnOptions> = {}): TableColumnOptions => ({
  name,
  type: 'bigint',
  ...more,
});
const maybe = { isNullable: true };

/** By hand, since SQLite's TypeORM would copy the whole table for each of them. */
const KEY_COLUMNS = [
  'expires_at bigint',
  'disabled_at bigint',
  'allowed_ips text',
  'data_source_id varchar(24)',
  'write_only smallint',
  'rate_limit integer',
  'rate_window_seconds integer',
  'quota_limit integer',
  'quota_per varchar(5)',
  'metadata text',
  'replaces varchar(24)',
  'replaced_by varchar(24)',
  'retires varchar(24)',
  'pepper varchar(16)',
  'last_address varchar(45)',
  'last_user_agent varchar(200)',
];

/** Prevents accidents. The audit chain detects changes by a user that can drop triggers. */
const APPEND_ONLY_SQLITE = ['UPDATE', 'DELETE'].map(
  (change) => `CREATE TRIGGER audit_log_no_${change.toLowerCase()} BEFORE ${change} ON audit_log
    BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END`,
);
const APPEND_ONLY_POSTGRES = [
  `CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit_log is append-only'; END $$`,
  `CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`,
];

/** Rows that are counted up find room for their next version on the same page, and their indexes stay as they are. */
const ROOM_FOR_UPDATES = ['api_keys', 'key_usage'].map((table) => `ALTER TABLE ${table} SET (fillfactor = 60)`);

/** Guard rails and rotation of keys, their usage, creation that can be retried, and the audit log. */
export class TrustedKeys1710000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const column of KEY_COLUMNS) await runner.query(`ALTER TABLE api_keys ADD COLUMN ${column}`);
    await runner.createTable(
      new Table({
        name: 'key_usage',
        withoutRowid: true,
        columns: [
          { name: 'day', type: 'integer', isPrimary: true },
          text('key_id', 24, { isPrimary: true }),
          long('requests'),
          long('refusals'),
          long('points'),
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'idempotency_records',
        columns: [
          text('id', 64, { isPrimary: true }),
          text('fingerprint', 64),
          { name: 'api_key_ids', type: 'text' },
          long('created_at'),
        ],
        indices: [new TableIndex({ name: 'idempotency_records_by_age', columnNames: ['created_at'] })],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'audit_log',
        withoutRowid: true,
        columns: [
          long('seq', { isPrimary: true }),
          text('id', 24),
          long('at'),
          text('organization_id', 24, maybe),
          text('bucket_id', 24, maybe),
          text('actor_kind', 12),
          text('actor_id', 100, maybe),
          text('actor_name', 100, maybe),
          text('action', 40),
          text('target_type', 20),
          text('target_id', 24, maybe),
          text('target_name', 100, maybe),
          { name: 'details', type: 'text', ...maybe },
          text('address', 45, maybe),
          text('request_id', 128, maybe),
          text('link', 64),
        ],
        indices: [new TableIndex({ name: 'audit_log_by_organization', columnNames: ['organization_id', 'seq'] })],
      }),
    );
    const isPostgres = runner.connection.options.type === 'postgres';
    for (const statement of isPostgres ? [...APPEND_ONLY_POSTGRES, ...ROOM_FOR_UPDATES] : APPEND_ONLY_SQLITE)
      await runner.query(statement);
    await runner.createTable(
      new Table({
        name: 'audit_head',
        columns: [
          { name: 'id', type: 'integer', isPrimary: true },
          long('count'),
          text('link', 64),
          text('seal', 64),
          text('secret_check', 64),
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['audit_head', 'audit_log', 'idempotency_records', 'key_usage']) await runner.dropTable(table);
    for (const column of KEY_COLUMNS)
      await runner.query(`ALTER TABLE api_keys DROP COLUMN ${column.split(' ', 1)[0] ?? ''}`);
    if (runner.connection.options.type === 'postgres') await runner.query('DROP FUNCTION refuse_audit_change');
  }
}
