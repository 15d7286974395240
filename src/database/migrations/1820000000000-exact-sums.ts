import type { MigrationInterface, QueryRunner } from 'typeorm';

const WINDOW_MILLIS = 900_000;
const COLUMN_SLOTS = 6;
const HUGE_UNIT = 2 ** 64;
const GREATEST = '1.7976931348623157e308';
const POINTS_PER_READ = 5000;

interface Window {
  readonly source: number;
  readonly slot: number;
  readonly quarter: number;
}

/**
 * Sums keep what rounding cuts off. Stored sums stay as they are, those beyond doubles are computed from the points: until
 * now such a sum had no mean.
 */
export class ExactSums1820000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rollups ADD COLUMN sum_low double precision');
    // Not a number is stored as null by SQLite, and is greater than all numbers for PostgreSQL.
    const found = (await runner.query(`SELECT source, slot, quarter FROM rollups
      WHERE sum > ${GREATEST} OR sum < -${GREATEST} OR (sum IS NULL AND min IS NOT NULL)`)) as Window[];
    for (const window of found) await sumAnew(runner, window);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE rollups DROP COLUMN sum_low');
  }
}

async function sumAnew(runner: QueryRunner, { source, slot, quarter }: Window): Promise<void> {
  const isPostgres = runner.connection.options.type === 'postgres';
  const value = slot < COLUMN_SLOTS ? `v${slot}` : 'rest';
  const to = (quarter + 1) * WINDOW_MILLIS;
  let [at, meta, low] = [quarter * WINDOW_MILLIS, -1, 0];
  for (;;) {
    const points = (await runner.query(`SELECT at, meta, ${value} AS value FROM points
      WHERE source = ${source} AND at < ${to} AND (at > ${at} OR (at = ${at} AND meta > ${meta}))
      ORDER BY at, meta LIMIT ${POINTS_PER_READ}`)) as {
      at: number | string;
      meta: number;
      value: number | string | null;
    }[];
    for (const point of points) {
      low += numberOf(point.value, slot) / HUGE_UNIT;
      [at, meta] = [Number(point.at), point.meta];
    }
    if (points.length < POINTS_PER_READ) break;
  }
  const [first, second, third] = isPostgres ? ['$1', '$2', '$3'] : ['?', '?', '?'];
  await runner.query(
    `UPDATE rollups SET sum = ${first}, sum_low = ${second}, m2 = ${third}
      WHERE source = ${source} AND slot = ${slot} AND quarter = ${quarter}`,
    [Infinity, low, Infinity],
  );
}

function numberOf(value: number | string | null, slot: number): number {
  if (typeof value !== 'string') return value ?? 0;
  const given = (JSON.parse(value) as Record<string, unknown>)[slot];
  return typeof given === 'number' ? given : 0;
}
