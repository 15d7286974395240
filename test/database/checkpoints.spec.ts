// test:all leaves PostgreSQL out: it is about SQLite alone.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import { Checkpoints, MOST_PAGES } from '../../src/database/checkpoints';
import { LONGEST_LOG_PAGES, prepareSqlite } from '../../src/database/sqlite';
import { ThreadConnection } from '../../src/database/thread/thread-connection';

const PAGE_BYTES = 4096;

const folder = mkdtempSync(join(tmpdir(), 'dakkio-checkpoints-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the WAL of a database that is always written to', () => {
  /** Writes twice as much as the WAL may hold. Gives the sizes of the database and of its WAL in the end. */
  async function writeMuch(name: string): Promise<{ written: number; stored: number; log: number }> {
    const path = join(folder, name);
    const connection = new Sqlite(path);
    prepareSqlite(connection);
    // The test is about copying, not about the disk.
    connection.pragma('synchronous = OFF');
    connection.exec('CREATE TABLE blobs (id INTEGER PRIMARY KEY, bytes BLOB)');
    const insert = connection.prepare('INSERT INTO blobs (bytes) VALUES (zeroblob(1000000))');
    const checkpoints = new Checkpoints(connection);
    const rounds = Math.ceil((2 * LONGEST_LOG_PAGES * PAGE_BYTES) / 1_000_000);
    for (let round = 0; round < rounds; round++) {
      insert.run();
      await checkpoints.afterWrite();
      await new Promise(setImmediate);
    }
    await checkpoints.stop();
    const sizes = { written: rounds * 1_000_000, stored: statSync(path).size, log: statSync(`${path}-wal`).size };
    connection.close();
    return sizes;
  }

  it('stays within its bounds', async () => {
    const { written, stored, log } = await writeMuch('busy.db');
    expect(stored).toBeGreaterThan(written / 2);
    expect(log).toBeLessThan(MOST_PAGES * PAGE_BYTES + 2_000_000);
  });

  it('is copied by SQLite itself if no thread can be started, which is tried once', async () => {
    const spy = jest.spyOn(ThreadConnection.prototype as unknown as { start(): Worker }, 'start');
    spy.mockImplementation(() => {
      throw new Error('no more threads');
    });
    const { stored, log } = await writeMuch('alone.db');
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
    expect(stored).toBeGreaterThan(0.9 * LONGEST_LOG_PAGES * PAGE_BYTES);
    expect(log).toBeLessThan(LONGEST_LOG_PAGES * PAGE_BYTES + 2_000_000);
  });
});
