import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsNumber, IsOptional, NotEquals, ValidateBy } from 'class-validator';
import { LEAST_EPOCH_MILLIS, parseTime, readRangeEnd } from '../times';
import { inOrder, Normalised, nullIsAbsent } from './fields-rules';
import { documented, optionalUnless } from './fields-scalars';

export interface ClearableBounds {
  readonly label: string;
  /** Whether the handler gets `null`, to clear the field. Otherwise null means that the field is not given. */
  readonly clearable?: boolean;
}

/** The message for an expiry that is not in the future. */
export const EXPIRY_PAST = 'Expiry must be in the future';

/** An optional RFC 3339 time in the future, as milliseconds since 1970. */
export function FutureTimeField(
  { label, clearable = false }: ClearableBounds,
  docs: ApiPropertyOptions,
): PropertyDecorator {
  return inOrder(
    ApiPropertyOptional({ type: String, format: 'date-time', nullable: clearable, ...docs }),
    Normalised((value) => {
      if (typeof value === 'string') return parseTime(value) ?? value;
      // A number in the request is not a time that was parsed.
      if (typeof value === 'number') return NaN;
      return clearable ? value : nullIsAbsent(value);
    }),
    IsOptional(),
    IsNumber({}, { message: `${label} must be an RFC 3339 time with an offset, such as 2030-01-31T12:00:00Z` }),
    IsFuture({ message: EXPIRY_PAST }),
  );
}

function IsFuture({ message }: { readonly message: string }): PropertyDecorator {
  const validate = (value: unknown) => (value as number) > Date.now();
  return ValidateBy({ name: 'isFuture', validator: { validate } }, { message });
}

/** The forms that the ends of a time range may have, for the OpenAPI document. */
const RANGE_END = {
  oneOf: [{ type: 'string' }, { type: 'integer', minimum: LEAST_EPOCH_MILLIS }],
} as const;

/** Stands for a number that looks like seconds. No time is negative. */
const IN_SECONDS = -1;

/** One end of a time range as milliseconds since 1970. It is sent as RFC 3339, epoch milliseconds, or `now-24h`. */
export function TimeField(
  { label, required = false }: { readonly label: string; readonly required?: boolean },
  docs: ApiPropertyOptions,
): PropertyDecorator {
  const message = `${label} must be an RFC 3339 time with an offset, such as 2024-01-15T10:05:00Z, milliseconds since 1970, or now-24h`;
  return inOrder(
    documented(required, { ...RANGE_END, ...docs } as ApiPropertyOptions),
    Normalised((value) => {
      if (value === undefined || value === null) return undefined;
      const time = readRangeEnd(value);
      return time === 'seconds' ? IN_SECONDS : (time ?? NaN);
    }),
    ...optionalUnless(required),
    IsNumber({}, { message }),
    NotEquals(IN_SECONDS, { message: `${label} looks like seconds; send milliseconds` }),
  );
}
