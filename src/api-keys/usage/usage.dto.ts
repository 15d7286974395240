import { EXAMPLE_IDS } from '../../common/openapi/example-ids';
import { ApiProperty } from '@nestjs/swagger';
import { QueryNumberField } from '../../common/validation/fields';
import { CountProperty, IdProperty, TimeProperty } from '../../common/openapi/openapi-fields';
import { dayText } from './days';
import type { KeyUse } from './usage.service';
import type { DayCounts } from './usage-table';
import { isoTime } from '../../common/times';

export class UsageQuery {
  @QueryNumberField(
    { label: 'days', least: 1, most: 90 },
    { description: 'The number of days, including today', default: 30, example: 2 },
  )
  readonly days: number = 30;
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

/** The usage of a key. */
export class UsageView {
  @IdProperty(EXAMPLE_IDS.apiKey)
  readonly keyId: string;

  @ApiProperty({ type: UsageTotalsView, description: 'The sum of all days' })
  readonly totals: UsageTotalsView;

  @ApiProperty({ type: [DayUsageView], description: 'Oldest first, without gaps, ending today' })
  readonly days: DayUsageView[];

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
    const total = (count: (day: DayCounts) => number) => days.reduce((sum, day) => sum + count(day), 0);
    this.keyId = keyId;
    this.totals = {
      requests: total(({ requests }) => requests),
      refusals: total(({ refusals }) => refusals),
      points: total(({ points }) => points),
    };
    this.days = days.map(({ day, ...counts }) => ({ day: dayText(day), ...counts }));
    this.lastUsedAt = lastUsedAt === null ? null : isoTime(lastUsedAt);
    this.lastAddress = lastAddress;
    this.lastUserAgent = lastUserAgent;
  }
}

export class UsageReply {
  @ApiProperty({ type: UsageView })
  readonly usage: UsageView;
}

/** An example for the OpenAPI document. */
export const USAGE_EXAMPLE: UsageReply = {
  usage: {
    keyId: EXAMPLE_IDS.apiKey,
    totals: { requests: 1536, refusals: 3, points: 0 },
    days: [
      { day: '2024-01-14', requests: 1440, refusals: 0, points: 0 },
      { day: '2024-01-15', requests: 96, refusals: 3, points: 0 },
    ],
    lastUsedAt: '2024-01-15T11:30:00.000Z',
    lastAddress: '192.168.1.20',
    lastUserAgent: 'ESP32HTTPClient/1.4',
  },
};
