import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';

/** The upper bounds of the histogram's buckets, in seconds. */
export const BOUNDS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** A stream stays open for hours, which is not a duration of work. */
const STREAM = '/api/data/stream';
/** Requests that no route matched: unknown paths, and files of the console and of the documentation. */
const NO_ROUTE = 'none';
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What Express sets for a matched route. */
interface Route {
  readonly path?: unknown;
}

/** The durations of the requests with one method, route and status. */
export interface Durations {
  readonly labels: { readonly method: string; readonly route: string; readonly status: number };
  /** By bucket, and beyond the last one. Not cumulative. */
  readonly counts: Float64Array;
  sumSeconds: number;
}

/**
 * Counts requests by route, so that the paths that clients send cannot add series. It runs for each request, and takes less than a
 * microsecond: it looks a route up by its object, and builds no text.
 */
export class RequestDurations {
  private readonly byRoute = new Map<unknown, Map<string, Durations[]>>();

  observe(request: LeanRequest, { statusCode: status }: Pick<LeanResponse, 'statusCode'>, millis: number): void {
    const route = request.route as Route | undefined;
    if (route?.path === STREAM) return;
    let byMethod = this.byRoute.get(route);
    if (!byMethod) this.byRoute.set(route, (byMethod = new Map<string, Durations[]>()));
    const method = METHODS.has(request.method) ? request.method : 'other';
    let byStatus = byMethod.get(method);
    if (!byStatus) byMethod.set(method, (byStatus = []));
    const durations = (byStatus[status] ??= newDurations(method, route, status));
    const seconds = millis / 1000;
    let place = 0;
    while (place < BOUNDS_SECONDS.length && seconds > (BOUNDS_SECONDS[place] ?? 0)) place += 1;
    durations.counts[place] = (durations.counts[place] ?? 0) + 1;
    durations.sumSeconds += seconds;
  }

  all(): readonly Durations[] {
    return [...this.byRoute.values()].flatMap((byMethod) =>
      [...byMethod.values()].flatMap((byStatus) => Object.values(byStatus)),
    );
  }
}

function newDurations(method: string, route: Route | undefined, status: number): Durations {
  const path = typeof route?.path === 'string' ? route.path : NO_ROUTE;
  const counts = new Float64Array(BOUNDS_SECONDS.length + 1);
  return { labels: { method, route: path, status }, counts, sumSeconds: 0 };
}
