import type { EntityManager } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { TurnPace, type YieldTurn } from '../common/http/yield';
import { scanRows, type ScannedRow } from '../database/scan-rows';
import type { Schema } from './schema';
import { parseSchema } from './schema-text';
import type { SeriesNames } from './series-names';

const NUMBERS_AT_ONCE = 500;
const MEASUREMENT = `coalesce((SELECT series.measurement FROM series WHERE series.source = data_sources.number), name)`;

/** Which names to take. */
interface NamePattern {
  test(name: string): boolean;
}

/** A series of a bucket: the measurement and tags of a data source. */
export interface FoundSeries {
  readonly number: number;
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly schema: Schema;
}

type ScannedSeries = ScannedRow & { readonly number: number; readonly measurement: string; readonly schema: string };

/**
 * The series of a bucket that the key can see. A data source that line protocol did not create is a series too: its name is the
 * measurement, and it has no tags.
 *
 * @param from only these measurements; empty for all
 */
export async function* findSeriesOf(
  manager: EntityManager,
  names: SeriesNames,
  {
    key,
    bucketId,
    from,
    yieldTurn,
  }: {
    readonly key: CurrentApiKey;
    readonly bucketId: string;
    readonly from: readonly (string | NamePattern)[];
    readonly yieldTurn: YieldTurn;
  },
): AsyncGenerator<FoundSeries[]> {
  const exact = from.filter((one) => typeof one === 'string');
  const isExact = exact.length > 0 && exact.length === from.length;
  const condition = isExact ? ` AND ${MEASUREMENT} IN (${exact.map(() => '?').join(', ')})` : '';
  const scan = {
    columns: `id, created_at AS "createdAt", number, schema, ${MEASUREMENT} AS measurement`,
    from: `data_sources WHERE bucket_id = ?${condition}`,
    living: 'deleted_at IS NULL',
    values: [bucketId, ...(isExact ? exact : [])],
  };
  const matches = (name: string) =>
    from.length === 0 || from.some((one) => (typeof one === 'string' ? one === name : one.test(name)));
  const pace = new TurnPace(yieldTurn);
  for await (const rows of scanRows<ScannedSeries>(manager, scan, yieldTurn)) {
    const own: ScannedSeries[] = [];
    for (const row of rows) {
      if ((key.dataSourceId ?? row.id) === row.id && matches(row.measurement)) own.push(row);
      if (pace.isDue) await pace.yield();
    }
    for (let begin = 0; begin < own.length; begin += NUMBERS_AT_ONCE) {
      const some = own.slice(begin, begin + NUMBERS_AT_ONCE);
      const shown = await names.of(some);
      yield some.map(({ number, measurement, schema }) => ({
        ...{ number, measurement, tags: shown.get(number)?.tags ?? {}, schema: parseSchema(schema) },
      }));
    }
  }
}
