import { DataSource } from 'typeorm';
import type { DatabaseLocation } from '../../src/common/config/settings';
import { migrate } from '../../src/database/migrate';
import { databaseOptions } from '../../src/database/options';

declare global {
  /** How to remove what the set-up of each round has made. */
  var removals: (() => void | Promise<void>)[] | undefined;
}

/** Calls a function when all tests have ended. */
export function atTheEnd(remove: () => void | Promise<void>): void {
  (globalThis.removals ??= []).push(remove);
}

/** Migrates an empty database. */
export async function migrateAt(location: DatabaseLocation): Promise<void> {
  const dataSource = new DataSource(databaseOptions(location, []));
  await dataSource.initialize();
  await migrate(dataSource);
  await dataSource.destroy();
}
