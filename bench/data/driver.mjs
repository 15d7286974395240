// The statement that stores points, through TypeORM's manager as the server calls it, and by the bare driver.
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { say } from '../../scripts/ready.mjs';
import { temporaryFolder } from '../support/databases.mjs';
import { built, DataSource } from '../support/in-process.mjs';
import { figure, shown, table } from '../support/report.mjs';
import { measureInTurn, perSecondOf, ratioOf } from '../support/statistics.mjs';

const ROWS = 100;
const STATEMENTS = 2000;
const GOAL = 0.9;
const COLUMNS = ['source', 'at', 'meta', 'v0', 'v1', 'v2'];
const SQL = `INSERT INTO points (${COLUMNS.join(', ')}) VALUES ${Array(ROWS)
  .fill(`(${COLUMNS.map(() => '?').join(', ')})`)
  .join(', ')}`;

export async function driverPath({ rounds }) {
  const { databaseOptions } = built('database', 'options.js');
  const { migrate } = built('database', 'migrate.js');
  const { query } = built('database', 'sql.js');
  const { connectionOf } = built('database', 'sqlite.js');
  const { ENTITIES } = built('entities.js');
  const { readConfig } = built('common', 'config', 'config.js');
  const { database } = readConfig({ DATABASE_URL: `sqlite:${join(temporaryFolder(), 'dakkio.db')}` });
  const dataSource = await new DataSource(databaseOptions(database, ENTITIES)).initialize();
  await migrate(dataSource);
  const connection = connectionOf(dataSource);
  const bare = connection.prepare(SQL);
  let at = 0;
  const run = (insert) => async () => {
    const startedAt = performance.now();
    connection.exec('BEGIN IMMEDIATE');
    for (let statement = 0; statement < STATEMENTS; statement++) {
      const values = [];
      for (let row = 0; row < ROWS; row++) values.push(1, at++, 0, 21.5, 48.25, 1013);
      await insert(values);
    }
    connection.exec('COMMIT');
    const seconds = (performance.now() - startedAt) / 1000;
    return { perSecond: (ROWS * STATEMENTS) / seconds, answered: ROWS * STATEMENTS, cpuSeconds: NaN };
  };
  const sides = {
    manager: run((values) => query(dataSource.manager, SQL, values)),
    driver: run((values) => Promise.resolve(bare.run(...values))),
  };
  const { manager, driver } = await measureInTurn(sides, rounds, say);
  await dataSource.destroy();
  return table(
    ['The statement that stores 100 points', 'through TypeORM’s manager', 'bare driver', 'ratio', 'goal'],
    [
      [
        'points a second',
        ...[manager, driver].map((side) => shown(perSecondOf(side))),
        ...figure(ratioOf(manager, driver), GOAL),
      ],
    ],
  );
}
