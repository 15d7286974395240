import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { BucketAccess } from '../buckets/bucket-access';
import { visibleFrom } from '../common/retention';
import type { YieldTurn } from '../common/http/yield';
import { groupPoints } from '../query/grouped-query';
import type { Source } from '../sources/source.entity';
import { SourcesService } from '../sources/sources.service';
import { SourcePoints } from '../sources/source-points';
import { PointStore, type Range } from '../points/point-store';
import { Summary } from '../points/summary';
import { Usage } from '../api-keys/usage/usage.service';
import { AlertActivity, type WebhookFailures } from './alert-activity';
import {
  countPoints,
  silentSources,
  storageOf,
  totalsOf,
  visiblePoints,
  type OrganizationTotals,
} from './organization-figures';

const HOUR_MILLIS = 3_600_000;
const DAY_MILLIS = 24 * HOUR_MILLIS;
/** With more fields times hours, the whole period is aggregated in a second query, instead of merging the hours of each field. */
const MAX_HOURLY_SUMMARIES = 20_000;

export const PERIODS = { '24h': 1, '7d': 7, '30d': 30, '90d': 90 } as const;
export type Period = keyof typeof PERIODS;

/** Usage of an organization. Times are in milliseconds since 1970, null for never. */
export interface Overview extends OrganizationTotals {
  /** Points that are visible under the retention of their bucket. */
  readonly dataPoints: number;
  readonly apiCallsThisMonth: number;
  readonly storageBytes: number;
  readonly alertRules: number;
  readonly lastAlertAt: number | null;
  readonly pointsLastDay: number;
  readonly alertsLastDay: number;
  /** Active data sources with points, none of which arrived within the last day. */
  readonly silentSources: number;
  /** The points of the last days in UTC by their time, the current day last. Only where asked for. */
  readonly perDay: readonly { readonly day: number; readonly count: number }[] | undefined;
  readonly webhooks: WebhookFailures;
}

/** Aggregates over the points of a source in a period. */
export interface SourceFigures {
  readonly source: Source;
  readonly points: number;
  /** The time of the newest point, within the period or not. */
  readonly lastAt: number | null;
  /** Numeric fields with values in the period, by name. */
  readonly fields: ReadonlyMap<string, Summary>;
}

export interface BucketFigures {
  readonly bucket: { readonly id: string; readonly name: string };
  readonly totalPoints: number;
  readonly points: number;
  readonly sources: readonly SourceFigures[];
  /** Starts with the hour that contains the start of the period. */
  readonly perHour: readonly { readonly hour: number; readonly count: number }[];
  readonly activeAlerts: number;
  readonly alerts: readonly { readonly name: string; readonly count: number }[];
}

/** Counts and averages for dashboards, computed from rollups. */
@Injectable()
export class AnalyticsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly buckets: BucketAccess,
    private readonly sources: SourcesService,
    private readonly store: PointStore,
    private readonly stored: SourcePoints,
    private readonly usage: Usage,
    private readonly alerts: AlertActivity,
  ) {}

  /** @param days how many days to count the points of, with the current one; 0 for none */
  async overview({ organizationId }: CurrentApiKey, days: number, yieldTurn: YieldTurn): Promise<Overview> {
    const { manager } = this.dataSource;
    const nowMillis = Date.now();
    const lastDay: Range = [nowMillis - DAY_MILLIS, nowMillis];
    const totals = await totalsOf(manager, organizationId);
    const alerts = await this.alerts.triggered(manager, { organizationId }, lastDay);
    return {
      ...totals,
      dataPoints: await visiblePoints(manager, organizationId, totals, { nowMillis, yieldTurn }),
      storageBytes: await storageOf(manager, totals),
      apiCallsThisMonth: await this.usage.requestsThisMonth(organizationId, yieldTurn, nowMillis),
      alertRules: await this.alerts.active(manager, { organizationId }),
      lastAlertAt: await this.alerts.lastTriggeredAt(manager, { organizationId }),
      pointsLastDay: await countPoints(manager, organizationId, lastDay, yieldTurn),
      alertsLastDay: sumOf(alerts),
      silentSources: await silentSources(manager, organizationId, lastDay[0]),
      perDay: days === 0 ? undefined : await this.pointsPerDay(organizationId, days, yieldTurn, nowMillis),
      webhooks: await this.alerts.failures(manager, { organizationId }, nowMillis - DAY_MILLIS),
    };
  }

  private async pointsPerDay(
    organizationId: string,
    days: number,
    yieldTurn: YieldTurn,
    nowMillis: number,
  ): Promise<Overview['perDay']> {
    const today = Math.floor(nowMillis / DAY_MILLIS);
    const perDay: { day: number; count: number }[] = [];
    for (let day = today - days + 1; day <= today; day++) {
      const range: Range = [day * DAY_MILLIS, (day + 1) * DAY_MILLIS];
      perDay.push({
        day: range[0],
        count: await countPoints(this.dataSource.manager, organizationId, range, yieldTurn),
      });
    }
    return perDay;
  }

  /**
   * The figures of a period that ends now. A key that is bound to a source gets the figures of that source.
   *
   * @throws ApiError for a bucket that the key may not read, or that does not exist
   */
  async ofBucket(
    key: CurrentApiKey,
    bucketId: string,
    period: Period,
    yieldTurn: YieldTurn,
    nowMillis = Date.now(),
  ): Promise<BucketFigures> {
    const { manager } = this.dataSource;
    const bucket = await this.buckets.get(key, bucketId);
    const visible = visibleFrom(bucket, nowMillis);
    const range: Range = [Math.max(nowMillis - PERIODS[period] * DAY_MILLIS, visible), nowMillis];
    const starts = hoursOf(range);
    const counts = new Float64Array(starts.length - 1);
    const figures: SourceFigures[] = [];
    let totalPoints = 0;
    const scope = { organizationId: key.organizationId, bucketId, dataSourceId: key.dataSourceId };
    for (const source of await this.sources.listByIds(key, bucketId, undefined, yieldTurn)) {
      const { count, lastAt } = await this.stored.statsOf(manager, source.number, visible, yieldTurn);
      totalPoints += count;
      const summarised = await this.figuresOf(source, { range, starts, counts, yieldTurn });
      figures.push({ source, lastAt, ...summarised });
    }
    return {
      bucket,
      totalPoints,
      points: figures.reduce((sum, { points }) => sum + points, 0),
      sources: figures.sort(({ source: one }, { source: other }) => one.number - other.number),
      perHour: [...counts].map((count, index) => ({ hour: starts[index] ?? 0, count })),
      activeAlerts: await this.alerts.active(manager, scope),
      alerts: await this.alerts.triggered(manager, scope, range),
    };
  }

  private async figuresOf(
    source: Source,
    {
      range,
      starts,
      counts,
      yieldTurn,
    }: { range: Range; starts: number[]; counts: Float64Array; yieldTurn: YieldTurn },
  ): Promise<Pick<SourceFigures, 'points' | 'fields'>> {
    const fields = source.schema.filter(({ type }) => type === 'number');
    const { manager } = this.dataSource;
    const options = { range, aggregations: ['avg', 'min', 'max'] as const, metas: undefined, yieldTurn };
    const isSmall = fields.length * starts.length <= MAX_HOURLY_SUMMARIES;
    const hours = await groupPoints(manager, this.store, source, { ...options, starts, fields: isSmall ? fields : [] });
    let points = 0;
    for (const [hour, count] of hours.counts.entries()) {
      points += count;
      counts[hour] = (counts[hour] ?? 0) + count;
    }
    const groups = isSmall
      ? hours
      : await groupPoints(manager, this.store, source, { ...options, starts: range, fields });
    const summaries = new Map<string, Summary>();
    for (const [index, { name }] of fields.entries()) {
      const summary = new Summary();
      for (const group of groups.fields) if (group?.[index]) summary.merge(group[index].summary);
      if (summary.n > 0) summaries.set(name, summary);
    }
    return { points, fields: summaries };
  }
}

/** The boundaries of the hours that overlap a range. */
function hoursOf([from, to]: Range): number[] {
  const first = Math.floor(from / HOUR_MILLIS);
  const last = Math.ceil(to / HOUR_MILLIS);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * HOUR_MILLIS);
}

function sumOf(counted: readonly { readonly count: number }[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}
