import { LruMap } from '../../common/lru-map';
import { printable } from '../../common/printable';
import { keyOf } from '../../ingest/line-protocol/series';
import { namedSeries, type NamedSeries } from '../../ingest/line-protocol/written-lines';

/** Topics whose series are remembered. */
export const MAX_KNOWN_TOPICS = 20_000;
const known = new LruMap<string, NamedSeries | string>(MAX_KNOWN_TOPICS);

/** The series that a topic names, which is a measurement without tags, or why it cannot name one. */
export function seriesOfTopic(topic: string): NamedSeries | string {
  let series = known.get(topic);
  if (series === undefined) known.set(topic, (series = read(topic)));
  return series;
}

function read(topic: string): NamedSeries | string {
  if (printable(topic) !== topic) return 'the topic contains characters that cannot be displayed';
  const series = namedSeries({ measurement: topic, tags: [], key: keyOf(topic, []) });
  return typeof series === 'string' ? series.replace(/measurement (or|and) tag(s| key)?/, 'topic') : series;
}
