import { phrasesOf, type Cursor } from './cursor';
import { readDuration } from './durations';

const words = (text: string) => new Set(text.split(' '));
const phrases = (text: string) => phrasesOf(...text.split(', '));

const SUBJECT_FILLER = words('the this a any my our');
const SUBJECT = words('data sensor device source datasource it station gateway meter node machine server logger probe');
const WHO = words('there we i');
const VERB = words(
  'is are was were has have been goes went gets stays remains becomes became will be does did keeps there sends receive ' +
    'receives received reports gives provides',
);
const STATE = phrases(
  'offline, off line, silent, quiet, unreachable, disconnected, missing, absent, inactive, down, dead, stale, older, ' +
    'not seen, not been seen, not been heard, not reporting, not responding, not sending, not receiving, not report, ' +
    'not reported, not respond, not responded, not send, not sent, not received, no longer reporting, no longer sending, ' +
    'stops, stopped, stops sending, stopped sending, stops reporting, stopped reporting',
);
const NONE = phrases('no, no new, no more, missing, without, without any, not any, no incoming, zero');
const THINGS = phrases(
  'data, readings, reading, values, value, points, data points, datapoints, measurements, measurement, samples, messages, ' +
    'message, updates, update, reports, report, signal, contact, response, responses, communication, telemetry, heartbeat, ' +
    'sign of life, records, events, packets',
);
const NOTHING = phrases('nothing, silence, no sign of life');
const TAIL = words(
  'received arrives arrive arrived comes come came coming sent seen reported recorded in at all from the sensor device ' +
    'source has have been is are was were any data readings values anything point points more new',
);
/** Words before the duration. */
const BEFORE_TIME = phrases(
  'for, in, within, during, since, than, longer than, for longer than, more than, in more than, in over, >, >=, for >',
);

/** A `no_data` condition. `seconds` is undefined if the duration is missing. */
export interface NoDataPhrase {
  readonly seconds: number | undefined;
  /** The offset of the duration, or of where it is expected, and whether a word such as "for" precedes it. */
  readonly durationAt: number;
  readonly hasPreposition: boolean;
}

/** Reads `no data for 10 minutes`, `no data in the last 10 minutes`, `offline for 10 minutes` and the like. */
export function readNoData(cursor: Cursor): NoDataPhrase | undefined {
  return cursor.attempt(() => {
    if (!takeSubjectAndState(cursor)) return undefined;
    const hasPreposition = BEFORE_TIME.some((phrase) => cursor.accept(...phrase));
    const durationAt = cursor.at;
    const seconds = readDuration(cursor);
    // A field may have such a name: `offline is true`.
    return hasPreposition || seconds !== undefined || cursor.isAtEnd
      ? { seconds, durationAt, hasPreposition }
      : undefined;
  });
}

function takeSubjectAndState(cursor: Cursor): boolean {
  return (
    cursor.attempt(() => takeNothing(cursor)) ??
    cursor.attempt(() => {
      cursor.acceptAny(SUBJECT_FILLER);
      if (cursor.acceptAny(SUBJECT)) cursor.acceptAny(SUBJECT);
      while (cursor.acceptAny(VERB));
      return STATE.some((phrase) => cursor.accept(...phrase)) ? takeTail(cursor) : takeNothing(cursor);
    }) ??
    false
  );
}

/** `no data received`, `missing readings`, `nothing`. */
function takeNothing(cursor: Cursor): true | undefined {
  cursor.acceptAny(WHO);
  while (cursor.acceptAny(VERB));
  if (NOTHING.some((phrase) => cursor.accept(...phrase))) return takeTail(cursor);
  if (!NONE.some((phrase) => cursor.accept(...phrase))) return undefined;
  return THINGS.some((phrase) => cursor.accept(...phrase)) ? takeTail(cursor) : undefined;
}

/** Skips more words about data, up to the duration. */
function takeTail(cursor: Cursor): true {
  // "in the last hour" is the duration.
  while (!isTimeNext(cursor) && cursor.acceptAny(TAIL));
  return true;
}

function isTimeNext(cursor: Cursor): boolean {
  const start = cursor.index;
  const isNext = BEFORE_TIME.some((phrase) => cursor.accept(...phrase)) && readDuration(cursor) !== undefined;
  cursor.index = start;
  return isNext;
}
