import { TimeField } from '../common/validation/fields';

/** Declares the required start of a time range, inclusive. */
export function StartTimeField(): PropertyDecorator {
  const docs = { description: 'Start of the range, inclusive', example: '2024-01-15T00:00:00.000Z' };
  return TimeField({ label: 'startTime', required: true }, docs);
}

/** Declares the required end of a time range, exclusive. */
export function EndTimeField(): PropertyDecorator {
  const docs = { description: 'End of the range, exclusive', example: '2024-01-16T00:00:00.000Z' };
  return TimeField({ label: 'endTime', required: true }, docs);
}
