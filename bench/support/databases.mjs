// Databases for the servers that are measured.
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { built } from './in-process.mjs';

const ROLLUP_MILLIS = 900_000;
const folders = new Set();

process.on('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A new folder, which is gone when this process ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-bench-'));
  folders.add(folder);
  return folder;
}

/**
 * Puts keys into a bucket until the table has so many, as the server itself would have made them.
 *
 * @returns the texts of the new keys
 */
export function fillKeys(path, bucketId, wantedCount) {
  // Made from the build, so that a change of the format changes them too.
  const { hashOf, hintOf, newKeyText } = built('api-keys', 'key-text.js');
  const { newId } = built('common', 'ids.js');
  return withDatabase(path, (database) => {
    const { organizationId } = database
      .prepare('SELECT organization_id AS organizationId FROM buckets WHERE id = ?')
      .get(bucketId);
    const insert = database.prepare(
      `INSERT INTO api_keys (id, line_id, organization_id, bucket_id, name, type, hash, hint, created_at)
       VALUES (@id, @id, @organizationId, @bucketId, 'Living Room Sensor', 'write', @hash, @hint, @now)`,
    );
    const texts = Array.from({ length: wantedCount - countKeys(database) }, () => newKeyText('write'));
    database.transaction(() => {
      const scope = { organizationId, bucketId };
      for (const text of texts)
        insert.run({ id: newId(), ...scope, hash: hashOf(text), hint: hintOf(text), now: Date.now() });
    })();
    return texts;
  });
}

/** Takes the keys away that were made last, until the table has so many, and leaves no log behind. */
export function cutKeys(path, wantedCount) {
  withDatabase(path, (database) => {
    const surplus = countKeys(database) - wantedCount;
    database
      .prepare('DELETE FROM api_keys WHERE rowid IN (SELECT rowid FROM api_keys ORDER BY rowid DESC LIMIT ?)')
      .run(surplus);
    database.pragma('wal_checkpoint(TRUNCATE)');
  });
}

/** The bytes that a closed database takes. */
export function databaseBytes(path) {
  return statSync(path).size;
}

/** Copies a database whose server has ended, and in the copy all points of the first source so many times to new sources. */
export function cloneSource(from, to, copies) {
  copyFileSync(from, to);
  copyFileSync(`${from}.secret`, `${to}.secret`);
  withDatabase(to, (database) => {
    // The copy need not outlive the machine, and has to be made some time today.
    database.pragma('synchronous = OFF');
    for (const table of ['points', 'rollups', 'point_totals']) {
      const columns = database.pragma(`table_info(${table})`).map(({ name }) => name);
      const others = columns.filter((name) => name !== 'source').join(', ');
      const copy = database.prepare(
        `INSERT INTO ${table} (source, ${others}) SELECT ?, ${others} FROM ${table} WHERE source = 1`,
      );
      for (let source = 2; source <= copies + 1; source++) copy.run(source);
    }
    database.pragma('wal_checkpoint(TRUNCATE)');
  });
}

/** Repeats the points of the first source, so that there are `times` as many, each time `spanMillis` later: whole rollup windows. */
export function repeatSource(path, times, spanMillis) {
  withDatabase(path, (database) => {
    // The database need not outlive the machine.
    database.pragma('synchronous = OFF');
    const copies = [
      ['points', { at: spanMillis }],
      ['rollups', { quarter: spanMillis / ROLLUP_MILLIS, first_at: spanMillis, last_at: spanMillis }],
    ].map(([table, moved]) => {
      const columns = database.pragma(`table_info(${table})`).map(({ name }) => name);
      const values = columns.map((name) => (name in moved ? `${name} + ? * ${moved[name]}` : name));
      database.exec(`CREATE TEMP TABLE first_${table} AS SELECT * FROM ${table} WHERE source = 1`);
      const text = `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM first_${table}`;
      return [database.prepare(text), Object.keys(moved).length];
    });
    for (let time = 1; time < times; time++)
      for (const [copy, count] of copies) copy.run(...Array.from({ length: count }, () => time));
    database.prepare('UPDATE point_totals SET count = count * ? WHERE source = 1').run(times);
    database.pragma('wal_checkpoint(TRUNCATE)');
  });
}

function countKeys(database) {
  return database.prepare('SELECT count(*) FROM api_keys').pluck().get();
}

function withDatabase(path, work) {
  const database = new Database(path);
  try {
    return work(database);
  } finally {
    database.close();
  }
}
