import { Logger } from '@nestjs/common';
import type { DatabaseLocation } from '../common/config/settings';
import { databaseFailureOf } from '../common/database-failure';
import { ReserveFile } from './reserve-file';

/**
 * Opens a database. If the disk of an SQLite file is full, removes the reserve and tries again: opening needs space for the WAL,
 * and without a running server nothing can be deleted.
 */
export async function openWithReserve<T>(database: DatabaseLocation, open: () => Promise<T>): Promise<T> {
  if (database.type !== 'sqlite') return open();
  const { path } = database;
  try {
    return await open();
  } catch (cause) {
    const reserve = new ReserveFile(path, 1);
    if (databaseFailureOf(cause) !== 'full' || !(await reserve.exists())) throw cause;
    reserve.remove();
    new Logger('Database').warn(`The disk of ${path} is full: the reserve ${reserve.path} was given up to start`);
    return open();
  }
}
