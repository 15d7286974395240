import { ZoneClock } from '../query/zone-clock';
import type { Steps } from './group-plan';
import { InfluxQLError } from './influxql-error';
import type { TimeGroup } from './syntax';

const MILLI = 1_000_000n;

/** Time buckets from the epoch on, or with a time zone from its local one on, as InfluxDB has them. */
export function stepsOf({ everyNanos, offsetNanos }: TimeGroup, timeZone = 'UTC'): Steps {
  if (everyNanos % MILLI !== 0n || offsetNanos % MILLI !== 0n)
    throw new InfluxQLError('time() must be whole milliseconds, because times are stored in milliseconds');
  const length = Number(everyNanos / MILLI);
  const offset = Number((offsetNanos / MILLI) % BigInt(length));
  const clock = new ZoneClock(timeZone);
  return {
    startOf: (at) => clock.stepStart(at - offset, length) + offset,
    next: (start) => clock.nextStep(start - offset, length) + offset,
    before: (start) => clock.stepStart(start - 1 - offset, length) + offset,
  };
}
