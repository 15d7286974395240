import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { hintFor } from '../common/nearest';
import { CheckedBy, ChoiceField, type Check, type Normalise } from '../common/validation/fields';
import { AGGREGATIONS, type Aggregation } from './aggregations';
import { FILLS } from './fill';
import { isTimeZone, suggestedTimeZones } from './time-zones';
import { parseStep } from './time-steps';

/** Items of a list that are searched for the invalid one, to suggest a name. */
const MAX_HINTED = 20;

/** An optional property that is validated by one check. */
export function OptionalProperty(
  message: string,
  isRight: (value: unknown) => boolean,
  property: ApiPropertyOptions,
  choices: () => readonly string[] = () => [],
  normalise?: Normalise,
): PropertyDecorator {
  const check: Check = (value) => {
    if (value === undefined || isRight(value)) return undefined;
    const items: readonly unknown[] = Array.isArray(value) ? value.slice(0, MAX_HINTED) : [value];
    const wrong = items.find((item) => !isRight(item));
    return { path: [], message, hint: hintFor(wrong, choices()) };
  };
  return applyDecorators(
    ApiPropertyOptional(property),
    CheckedBy({ check, sentences: [message], ...(normalise && { normalise }) }),
  );
}

const isAggregation = (value: unknown) => AGGREGATIONS.includes(value as Aggregation);

/** How values are aggregated. @param normalise converts a query parameter */
export const AggregationField = (normalise?: Normalise) =>
  OptionalProperty(
    `aggregation must be one of ${AGGREGATIONS.join(', ')}, or a list of them`,
    (value) =>
      isAggregation(value) ||
      (Array.isArray(value) && value.length > 0 && value.length <= 11 && value.every(isAggregation)),
    {
      oneOf: [
        { type: 'string', enum: [...AGGREGATIONS] },
        { type: 'array', items: { type: 'string', enum: [...AGGREGATIONS] }, minItems: 1 },
      ],
      description: 'How the values of a group are aggregated: one aggregation, or a list of several',
      example: 'avg',
    },
    () => AGGREGATIONS,
    normalise,
  );

/** The step of groups. */
export const GroupByField = () =>
  OptionalProperty(
    'groupBy must be minute, hour, day, week, month, quarter or year, or a step such as 15m, 6h or 1d',
    (value) => typeof value === 'string' && parseStep(value) !== undefined,
    {
      type: String,
      description:
        '`minute`, `hour`, `day`, `week`, `month`, `quarter`, `year`, or a step: `15m`, `6h`, `1d`. A step shorter than a day starts when the local time in `timezone` is a multiple of the step, or a clock change skips one',
      example: 'hour',
    },
    () => ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'],
  );

/** The time zone of days, weeks and months. */
export const TimeZoneField = () =>
  OptionalProperty(
    'timezone must be an IANA time zone such as Europe/Berlin',
    (value) => typeof value === 'string' && isTimeZone(value),
    { type: String, description: 'The time zone of days, weeks and months', default: 'UTC', example: 'Europe/Berlin' },
    suggestedTimeZones,
  );

/** How groups without points are filled. */
export const FillField = () =>
  ChoiceField(
    { values: FILLS, required: false, message: `fill must be one of ${FILLS.join(', ')}` },
    {
      description: 'How to fill groups without points; `none` leaves them out',
      default: 'none',
      example: 'none',
    },
  );
