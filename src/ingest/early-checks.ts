import { TimeSlices } from '../scheduling/time-slices';
import type { PackedPoint } from '../points/values';
import type { IngestRequest } from './ingest-request';
import type { IngestSource } from '../sources/ingest-source';
import type { YieldTurn } from '../common/http/yield';
import { nameOfCaller } from '../scheduling/caller';
import { callerOf } from './ingest-queue';
import type { OpenSources } from './open-sources';
import type { OpenSource } from './part';
import { longestTextOf } from './point-check';
import type { PointError } from './point-error';

/** Checking so many values takes about two milliseconds. */
export const LEAST_LONG_VALUES = 10_000;
/** Reading the schemas of so many wide data sources takes a few milliseconds. */
export const LEAST_LONG_SOURCES = 50;
/** A text takes as long to check as a number for each of so many characters. */
const CHARACTERS_PER_VALUE = 50;
const POINTS_PER_YIELD = 10;
const SOURCES_PER_READ = 16;

/** Reads data sources without locking them. */
type ReadSources = (ids: readonly string[]) => Promise<readonly IngestSource[]>;

/**
 * Keeps long checks out of the transaction, where other requests would wait for them: those of many values, or of many data sources
 * whose schemas are not in memory. They run in slices. The transaction uses the results if the schemas are still the same.
 */
export class EarlyChecks {
  private readonly slices = new TimeSlices();
  /** The last check of each line of keys that has any. */
  private readonly last = new Map<string, Promise<unknown>>();
  private running = 0;

  constructor(
    private readonly sources: OpenSources,
    private readonly read: ReadSources,
  ) {}

  /** How many requests wait for a check. */
  get size(): number {
    return this.running;
  }

  /**
   * Checks the points of a request if that takes long. A request behind it, of the same line of keys, waits for it, so that they keep
   * their order.
   *
   * @returns undefined if there is nothing to wait for
   */
  check(request: IngestRequest): Promise<IngestRequest> | undefined {
    const line = nameOfCaller(callerOf(request));
    const before = this.last.get(line);
    const isLong = this.isLong(request);
    if (!before && !isLong) return undefined;
    const checked = this.checkAfter(before, request, isLong).finally(() => {
      this.running -= 1;
      if (this.last.get(line) === checked) this.last.delete(line);
    });
    this.running += 1;
    this.last.set(line, checked);
    return checked;
  }

  private async checkAfter(before: Promise<unknown> | undefined, request: IngestRequest, isLong: boolean) {
    await before?.catch(() => undefined);
    return isLong ? this.checkInSlices(request) : request;
  }

  private isLong({ points }: IngestRequest): boolean {
    let values = 0;
    let last: string | undefined;
    const unknown = new Set<string>();
    for (const { dataSourceId, values: sent } of points) {
      for (const name in sent) values += costOf(sent[name]);
      if (dataSourceId !== last && !this.sources.inMemory(dataSourceId)) unknown.add(dataSourceId);
      last = dataSourceId;
      if (values >= LEAST_LONG_VALUES || unknown.size >= LEAST_LONG_SOURCES) return true;
    }
    return false;
  }

  private async checkInSlices(request: IngestRequest): Promise<IngestRequest> {
    const { yieldTurn } = await this.slices.begin(callerOf(request));
    const sources = await this.open(request, yieldTurn);
    const longest = longestTextOf(request);
    const points: (PackedPoint | PointError | undefined)[] = [];
    for (const sent of request.points) {
      points.push(sources.get(sent.dataSourceId)?.check(sent, longest));
      if (points.length % POINTS_PER_YIELD === 0) await yieldTurn();
    }
    return { ...request, early: { sources, points } };
  }

  private async open({ bucketId, points }: IngestRequest, yieldTurn: YieldTurn): Promise<Map<string, OpenSource>> {
    const sources = new Map<string, OpenSource>();
    const unknown: string[] = [];
    for (const id of new Set(points.map(({ dataSourceId }) => dataSourceId))) {
      const known = this.sources.inMemory(id);
      if (known) sources.set(id, known);
      else unknown.push(id);
    }
    for (let start = 0; start < unknown.length; start += SOURCES_PER_READ) {
      for (const row of await this.read(unknown.slice(start, start + SOURCES_PER_READ))) {
        if (row.bucketId !== bucketId) continue;
        sources.set(row.id, this.sources.open(row));
        await yieldTurn();
      }
    }
    return sources;
  }
}

/** How many numbers take as long to check. */
function costOf(value: unknown): number {
  return typeof value === 'string' ? 1 + value.length / CHARACTERS_PER_VALUE : 1;
}

/** The data source as it was opened early, if it is still the same. */
export function openedEarly(
  { early }: Pick<IngestRequest, 'early'>,
  { id, number, schema }: Pick<IngestSource, 'id' | 'number' | 'schema'>,
): OpenSource | undefined {
  const source = early?.sources.get(id);
  return source?.schemaText === schema && source.number === number ? source : undefined;
}

/** The result of the early check of the point at this place, if its data source is still the same. */
export function checkedEarly(
  { early }: Pick<IngestRequest, 'early'>,
  place: number,
  source: OpenSource,
): PackedPoint | PointError | undefined {
  return early && early.sources.get(source.id)?.check === source.check ? early.points[place] : undefined;
}
