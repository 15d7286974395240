import { EXAMPLE_IDS } from '../../common/openapi/example-ids';
import { ApiProperty } from '@nestjs/swagger';
import { QueryNumberField } from '../../common/validation/fields';
import { CountProperty, IdProperty, TimeProperty } from '../../common/openapi/openapi-fields';
import { dayText } from './days';
import type { KeyUse } from './usage.service';
import type { DayCounts } from './usage-table';
import { isoTime } from '../../common/times';
import { mapped } from '../../common/http/paced-answer';
import { Pagination } from '../../common/pagination';
import { OrganizationKeysQuery } from '../key-list.dto';

export class UsageQuery {
  @QueryNumberField(
    { label: 'days', least: 1, most: 90 },
    { description: 'The number of days, including today', default: 30, example: 2 },
  )
  readonly days: number = 30;
}

/** The query of the usage of many keys, which are chosen like in a list of keys. */
export class OrganizationUsageQuery extends OrganizationKeysQuery {
  @QueryNumberField(
    { label: 'days', least: 1, most: 90 },
    { description: 'The number of days, including today', default: 7, example: 2 },
  )
  readonly days: number = 7;
}

export class UsageTotalsView {
  @CountProperty(1536, { description: 'Requests that were accepted' })
  readonly requests: number;

  @CountProperty(3, {
    description: 'Requests that were refused because of a limit, the address, the type or the expiry of the key',
  })
  readonly refusals: number;

  @CountProperty(0, { description: 'Points that were ingested' })
  readonly points: number;
}

export class DayUsageView extends UsageTotalsView {
  @ApiProperty({ type: String, format: 'date', description: 'A calendar day (UTC)', example: '2024-01-15' })
  readonly day: string;
}

/** The usage of one of many keys. */
export class UsageByDayView {
  @IdProperty(EXAMPLE_IDS.apiKey)
  readonly keyId: string;

  @ApiProperty({ type: UsageTotalsView, description: 'The sum of all days' })
  readonly totals: UsageTotalsView;

  @ApiProperty({ type: [DayUsageView], description: 'Oldest first, without gaps, ending today' })
  readonly days: DayUsageView[];

  constructor(keyId: string, days: readonly DayCounts[]) {
    const total = (count: (day: DayCounts) => number) => days.reduce((sum, day) => sum + count(day), 0);
    this.keyId = keyId;
    this.totals = {
      requests: total(({ requests }) => requests),
      refusals: total(({ refusals }) => refusals),
      points: total(({ points }) => points),
    };
    this.days = days.map(({ day, requests, refusals, points }) => ({ day: dayText(day), requests, refusals, points }));
  }
}

export class UsageList {
  @ApiProperty({ type: [UsageByDayView] })
  readonly usage: Iterable<UsageByDayView>;

  @ApiProperty({ type: Pagination })
  readonly pagination: Pagination;

  constructor(usage: Iterable<readonly [keyId: string, days: readonly DayCounts[]]>, pagination: Pagination) {
    this.usage = mapped(usage, ([keyId, days]) => new UsageByDayView(keyId, days));
    this.pagination = pagination;
  }
}

/** The usage of a key. */
export class UsageView extends UsageByDayView {
  @TimeProperty('2024-01-15T11:30:00.000Z', { nullable: true, description: 'null before the first use' })
  readonly lastUsedAt: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The address of its last use', example: '192.168.1.20' })
  readonly lastAddress: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    maxLength: 200,
    description: 'The user agent of its last use',
    example: 'ESP32HTTPClient/1.4',
  })
  readonly lastUserAgent: string | null;

  constructor(keyId: string, { days, lastUsedAt, lastAddress, lastUserAgent }: KeyUse) {
    super(keyId, days);
    this.lastUsedAt = lastUsedAt === null ? null : isoTime(lastUsedAt);
    this.lastAddress = lastAddress;
    this.lastUserAgent = lastUserAgent;
  }
}

export class UsageReply {
  @ApiProperty({ type: UsageView })
  readonly usage: UsageView;
}

const BY_DAY_EXAMPLE: UsageByDayView = {
  keyId: EXAMPLE_IDS.apiKey,
  totals: { requests: 1536, refusals: 3, points: 0 },
  days: [
    { day: '2024-01-14', requests: 1440, refusals: 0, points: 0 },
    { day: '2024-01-15', requests: 96, refusals: 3, points: 0 },
  ],
};

/** Examples for the OpenAPI document. */
export const USAGE_LIST_EXAMPLE = {
  usage: [BY_DAY_EXAMPLE],
  pagination: { limit: 100, offset: 0, total: 1, hasMore: false },
};
export const USAGE_EXAMPLE: UsageReply = {
  usage: {
    ...BY_DAY_EXAMPLE,
    lastUsedAt: '2024-01-15T11:30:00.000Z',
    lastAddress: '192.168.1.20',
    lastUserAgent: 'ESP32HTTPClient/1.4',
  },
};
