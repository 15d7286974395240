import type { EntityManager } from 'typeorm';
import type { YieldTurn } from '../../../common/http/yield';
import type { Source } from '../../../sources/source.entity';
import { pointsPerRead } from '../../../points/page-size';
import type { Place, PointStore, Range } from '../../../points/point-store';
import { ROLLUP_WINDOW_MILLIS } from '../../../points/rollups';
import { PagePace } from '../../../query/page-pace';
import type { RuleDefinition } from '../../conditions/alert-state';
import { fieldsOf } from '../../conditions/matching';
import { readWindows, type PreviewWindow } from './preview-windows';
import { RuleSimulation, type Preview } from './rule-simulation';

const FEWEST_POINTS_PER_READ = 250;
/** For fewer rollup windows it is faster to read the points. */
const FEWEST_WINDOWS = 4;
/** How long work may last before other requests get a turn. */
const TURN_MILLIS = 1;

interface PreviewOptions {
  readonly rule: RuleDefinition;
  readonly range: Range;
  readonly yieldTurn: YieldTurn;
}

/**
 * Evaluates the stored points of a range as if the rule had been created at its start, and they had arrived in order. Rollup windows
 * whose values cannot change the state of the rule are evaluated as a whole, without reading their points.
 */
export function preview(
  manager: EntityManager,
  store: PointStore,
  source: Source,
  options: PreviewOptions,
): Promise<Preview> {
  return new PreviewRun(manager, store, source, options).run();
}

class PreviewRun {
  private readonly simulation: RuleSimulation;
  private readonly pace: PagePace;
  private turnStartedAt = performance.now();

  constructor(
    private readonly manager: EntityManager,
    private readonly store: PointStore,
    private readonly source: Source,
    private readonly options: PreviewOptions,
  ) {
    this.simulation = new RuleSimulation(options.rule, source.schema, options.range);
    this.pace = new PagePace(FEWEST_POINTS_PER_READ, pointsPerRead(source.schema));
  }

  async run(): Promise<Preview> {
    const [from, to] = this.options.range;
    const first = Math.ceil(from / ROLLUP_WINDOW_MILLIS);
    const last = Math.floor(to / ROLLUP_WINDOW_MILLIS);
    if (last - first < FEWEST_WINDOWS) await this.readPoints([from, to]);
    else {
      await this.readPoints([from, first * ROLLUP_WINDOW_MILLIS]);
      await this.readAll(first, last);
      await this.readPoints([last * ROLLUP_WINDOW_MILLIS, to]);
    }
    return this.simulation.end();
  }

  /** Evaluates whole rollup windows. */
  private async readAll(first: number, last: number): Promise<void> {
    const { manager, source, options } = this;
    const names = new Set(fieldsOf(options.rule.condition));
    const fields = source.schema.filter(({ name }) => names.has(name));
    for (let next = first; next < last;) {
      const { windows, isLast } = await readWindows(manager, source.number, fields, [next, last]);
      await this.pauseIfLong();
      await this.walk(windows);
      next = isLast ? last : (windows.at(-1)?.rollupWindow ?? last) + 1;
    }
  }

  /** Skips the windows that change nothing. Of the others it reads more at a time, the more of them follow each other. */
  private async walk(windows: readonly PreviewWindow[]): Promise<void> {
    let together = 1;
    for (let index = 0; index < windows.length;) {
      const window = windows[index] as PreviewWindow;
      if (this.simulation.skip(window)) {
        together = 1;
        index += 1;
        continue;
      }
      const end = this.endOfRead(windows, index, together);
      await this.readPoints([window.range[0], (windows[end - 1] as PreviewWindow).range[1]]);
      together *= 2;
      index = end;
    }
  }

  /** The index after the last window to read together: at most this many windows, and no more points than one page. */
  private endOfRead(windows: readonly PreviewWindow[], start: number, together: number): number {
    let points = windows[start]?.points ?? 0;
    let end = start + 1;
    for (; end < Math.min(windows.length, start + together); end++) {
      points += windows[end]?.points ?? 0;
      if (points > this.pace.now) break;
    }
    return end;
  }

  private async readPoints(range: Range): Promise<void> {
    const { manager, store, source, simulation, pace } = this;
    if (range[0] >= range[1]) return;
    for (let after: Place | undefined; ;) {
      const limit = pace.now;
      const started = performance.now();
      const points = await store.read(manager, source, range, { limit, sort: 'asc', after });
      for (const point of points) simulation.take(point);
      after = points.at(-1);
      if (!after || points.length < limit) break;
      pace.took(performance.now() - started);
      await this.pauseIfLong();
    }
    await this.pauseIfLong();
  }

  private async pauseIfLong(): Promise<void> {
    if (performance.now() - this.turnStartedAt < TURN_MILLIS) return;
    await this.options.yieldTurn();
    this.turnStartedAt = performance.now();
  }
}
