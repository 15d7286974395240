// Counts what is committed to a SQLite database meanwhile, from the database itself and not from the writer.
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';

const LOG_HEAD_BYTES = 32;
const FRAME_HEAD_BYTES = 24;

/**
 * Begins to count on an emptied log, which a reader then keeps from being emptied again: every commit stays in it.
 *
 * @returns a function that ends the counting and gives the commits, the bytes they wrote to the log, and whether the
 *   database's own `data_version` says that another connection has written
 * @throws Error where the log and `data_version` contradict each other
 */
export function countCommits(path) {
  const database = new Database(path);
  const version = () => database.pragma('data_version', { simple: true });
  const [emptied] = database.pragma('wal_checkpoint(TRUNCATE)');
  if (emptied.busy) throw new Error('The log could not be emptied');
  const before = version();
  database.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
  return () => {
    const log = readFileSync(`${path}-wal`);
    database.exec('COMMIT');
    const changed = version() !== before;
    database.close();
    const transactions = commitsIn(log);
    if (changed !== transactions > 0)
      throw new Error(`${transactions} commits in the log, data_version says otherwise`);
    return { transactions, bytes: log.length, changed };
  };
}

/** The log's frames that end a transaction (sqlite.org/fileformat2.html §4.1): those that give the size of the database. */
function commitsIn(log) {
  if (log.length === 0) return 0;
  const frameBytes = FRAME_HEAD_BYTES + log.readUInt32BE(8);
  const salts = log.subarray(16, 24);
  let commits = 0;
  for (let at = LOG_HEAD_BYTES; at + frameBytes <= log.length; at += frameBytes) {
    if (!log.subarray(at + 8, at + 16).equals(salts)) break;
    if (log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}
