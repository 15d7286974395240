import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import type { Source } from '../sources/source.entity';
import { isPostgres } from '../database/sql';
import { pointsPerRead } from '../points/page-size';
import type { PointStore, Range } from '../points/point-store';
import type { PackedPoint } from '../points/values';
import { PagePace } from './page-pace';

const POINTS_OF_FIRST_PAGE = 500;

/** The points of a range in ascending order, page by page. It yields to other work between pages. */
export async function* pagesOf(
  manager: EntityManager,
  store: PointStore,
  source: Source,
  range: Range,
  { yieldTurn }: { readonly yieldTurn: YieldTurn },
): AsyncGenerator<PackedPoint[]> {
  if (range[0] >= range[1]) return;
  const pace = new PagePace(POINTS_OF_FIRST_PAGE, pointsPerRead(source.schema));
  const countsReading = !isPostgres(manager);
  let after: PackedPoint | undefined;
  for (;;) {
    const limit = pace.now;
    const started = performance.now();
    const points = await store.read(manager, source, range, { limit, sort: 'asc', after });
    const read = performance.now();
    if (points.length > 0) yield points;
    if (points.length < limit) return;
    after = points.at(-1);
    // PostgreSQL reads in another process, which does not block this thread.
    pace.took(performance.now() - (countsReading ? started : read));
    await yieldTurn();
  }
}
