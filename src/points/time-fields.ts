import { TimeField } from '../common/validation/fields';

/** Declares that a body names the start of a range of time, which is in it. */
export function StartTimeField(): PropertyDecorator {
  const docs = { description: 'From this moment on', example: '2024-01-15T00:00:00.000Z' };
  return TimeField({ label: 'startTime', required: true }, docs);
}

/** Declares that a body names the end of a range of time, which is not in it. */
export function EndTimeField(): PropertyDecorator {
  const docs = { description: 'Before this moment', example: '2024-01-16T00:00:00.000Z' };
  return TimeField({ label: 'endTime', required: true }, docs);
}
