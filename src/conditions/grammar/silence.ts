import { phrasesOf, type Cursor } from './cursor';
import { readDuration } from './durations';

const words = (text: string) => new Set(text.split(' '));

const SUBJECT_LEAD = words('the this a any my our');
const SUBJECT = words('data sensor device source datasource it station gateway meter node machine server logger probe');
const VERB = words(
  'is are was were has have been goes went gets stays remains becomes became will be does did keeps there sends receives received reports gives provides',
);
const STATE = phrasesOf(
  ...[
    'offline',
    'off line',
    'silent',
    'quiet',
    'unreachable',
    'disconnected',
    'missing',
    'absent',
    'inactive',
    'not seen',
  ],
  ...[
    'not reporting',
    'not responding',
    'not sending',
    'not report',
    'not reported',
    'not send',
    'not sent',
    'not respond',
  ],
  ...[
    'not responded',
    'no longer reporting',
    'no longer sending',
    'stops sending',
    'stopped sending',
    'stops reporting',
  ],
  ...['stopped reporting', 'stops', 'stopped', 'down', 'dead', 'not received', 'not receiving'],
  ...['not been seen', 'not been heard'],
);
const NONE = phrasesOf(
  'no',
  'no new',
  'no more',
  'missing',
  'without',
  'without any',
  'not any',
  'no incoming',
  'zero',
);
const THINGS = phrasesOf(
  ...[
    'data',
    'readings',
    'reading',
    'values',
    'value',
    'points',
    'data points',
    'datapoints',
    'measurements',
    'samples',
  ],
  ...['measurement', 'messages', 'message', 'updates', 'update', 'reports', 'report', 'signal', 'contact', 'response'],
  ...['responses', 'communication', 'telemetry', 'heartbeat', 'sign of life', 'records', 'events', 'packets'],
);
const NOTHING = phrasesOf('nothing', 'silence', 'no sign of life');
const TAIL = words(
  'received arrives arrive arrived comes come came coming sent seen reported recorded in at all from the sensor device ' +
    'source has have been is are was were any data readings values anything point points more new',
);
/** What stands before the time. */
const BEFORE_TIME = phrasesOf(
  ...[
    'for',
    'in',
    'within',
    'during',
    'since',
    'longer than',
    'for longer than',
    'in over',
    'more than',
    'in more than',
  ],
);

/** A condition of silence: its seconds; undefined where a time should follow and does not. */
export interface Silence {
  readonly seconds: number | undefined;
  /** Where the time begins, or should, and whether "for" or the like stands before it. */
  readonly timeAt: number;
  readonly isTimeNext: boolean;
}

/** Reads `no data for 10 minutes`, `no data in the last 10 minutes`, `offline for 10 minutes` and the like. */
export function readSilence(cursor: Cursor): Silence | undefined {
  return cursor.attempt(() => {
    if (!takeSubjectAndState(cursor)) return undefined;
    const isTimeNext = BEFORE_TIME.some((phrase) => cursor.takes(...phrase));
    const timeAt = cursor.at;
    const seconds = readDuration(cursor);
    // A field may have such a name: `offline is true`.
    return isTimeNext || seconds !== undefined || cursor.isAtEnd ? { seconds, timeAt, isTimeNext } : undefined;
  });
}

function takeSubjectAndState(cursor: Cursor): boolean {
  return (
    cursor.attempt(() => takeNothing(cursor)) ??
    cursor.attempt(() => {
      cursor.takeOf(SUBJECT_LEAD);
      if (cursor.takeOf(SUBJECT)) cursor.takeOf(SUBJECT);
      while (cursor.takeOf(VERB));
      return STATE.some((phrase) => cursor.takes(...phrase)) ? takeTail(cursor) : takeNothing(cursor);
    }) ??
    false
  );
}

/** `no data received`, `missing readings`, `nothing`. */
function takeNothing(cursor: Cursor): true | undefined {
  if (cursor.stands(['there']) || cursor.stands(['we'])) cursor.index += 1;
  while (cursor.takeOf(VERB));
  if (NOTHING.some((phrase) => cursor.takes(...phrase))) return takeTail(cursor);
  if (!NONE.some((phrase) => cursor.takes(...phrase))) return undefined;
  return THINGS.some((phrase) => cursor.takes(...phrase)) ? takeTail(cursor) : undefined;
}

/** Words that say once more that it is about data, up to the time. */
function takeTail(cursor: Cursor): true {
  // "In the last hour" is the time already.
  while (!isTimeNext(cursor) && cursor.takeOf(TAIL));
  return true;
}

function isTimeNext(cursor: Cursor): boolean {
  const start = cursor.index;
  const isNext = BEFORE_TIME.some((phrase) => cursor.takes(...phrase)) && readDuration(cursor) !== undefined;
  cursor.index = start;
  return isNext;
}
