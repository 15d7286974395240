import type { MigrationInterface, QueryRunner } from 'typeorm';
import { isPostgres } from '../sql';

const COLUMNS = [
  ['cut_count', 'bigint'],
  ['cut_link', 'varchar(64)'],
  ['cut_digest', 'varchar(64)'],
  ['cut_seal', 'varchar(64)'],
] as const;

const SQLITE_NO_DELETE = 'DROP TRIGGER audit_log_no_delete';
const SQLITE_DELETE_BEFORE_CUT = `CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
  WHEN OLD.seq > coalesce((SELECT cut_count FROM audit_head WHERE id = 1), 0)
  BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END`;
const SQLITE_DELETE_NEVER = `CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
  BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END`;

const POSTGRES_DELETE_BEFORE_CUT = [
  'DROP TRIGGER audit_log_append_only ON audit_log',
  `CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`,
  `CREATE FUNCTION refuse_audit_delete() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF OLD.seq > coalesce((SELECT cut_count FROM audit_head WHERE id = 1), 0) THEN
        RAISE EXCEPTION 'audit_log is append-only';
      END IF;
      RETURN OLD;
    END $$`,
  `CREATE TRIGGER audit_log_delete_before_cut BEFORE DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_delete()`,
];
const POSTGRES_DELETE_NEVER = [
  'DROP TRIGGER audit_log_delete_before_cut ON audit_log',
  'DROP FUNCTION refuse_audit_delete',
  'DROP TRIGGER audit_log_append_only ON audit_log',
  `CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`,
];

/** A database from before there was an audit log has organizations and no log. It is not to be taken for an emptied one. */
const BEGINS_LATER = `INSERT INTO long_tasks (name, state, updated_at)
  SELECT 'audit log begins', '{}', 0 WHERE NOT EXISTS (SELECT 1 FROM audit_head) AND EXISTS (SELECT 1 FROM organizations)`;

/** Where the audit log begins once old rows were removed: rows before that may be deleted, and no others. */
export class AuditCut1770000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, type] of COLUMNS) await runner.query(`ALTER TABLE audit_head ADD COLUMN ${name} ${type}`);
    const statements = isPostgres(runner.manager)
      ? POSTGRES_DELETE_BEFORE_CUT
      : [SQLITE_NO_DELETE, SQLITE_DELETE_BEFORE_CUT];
    for (const statement of statements) await runner.query(statement);
    await runner.query(BEGINS_LATER);
  }

  async down(runner: QueryRunner): Promise<void> {
    const statements = isPostgres(runner.manager) ? POSTGRES_DELETE_NEVER : [SQLITE_NO_DELETE, SQLITE_DELETE_NEVER];
    for (const statement of statements) await runner.query(statement);
    for (const [name] of COLUMNS) await runner.query(`ALTER TABLE audit_head DROP COLUMN ${name}`);
  }
}
