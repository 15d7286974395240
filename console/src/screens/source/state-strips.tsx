import type { ChartFrame } from '../../chart/chart';
import type { TimeRange } from '../../chart/series';
import { Notice } from '../../components/notice';
import { formatCount } from '../../lib/numbers';
import { plainTime, rangeTime } from '../../lib/times';
import type { ChartData } from './chart-queries';
import type { Charted } from './chart-series';
import { StateStrip } from './state-strip';

interface StateStripsProps {
  readonly charted: readonly Charted[];
  /** The fields that are no numbers. */
  readonly names: readonly string[];
  readonly states: ChartData | undefined;
  readonly readAt: number;
  readonly range: TimeRange;
  readonly zone: string;
  readonly isTable: boolean;
  /** Where the lines of the chart above are: the strips have the same times below it. */
  readonly frame: ChartFrame | undefined;
}

/** Strings and booleans over time, a strip for each field. */
export function StateStrips({ charted, names, states, readAt, range, zone, isTable, frame }: StateStripsProps) {
  if (!states) return null;
  const strips = charted.flatMap((source) => {
    const entry = states.entries.find(({ dataSourceId }) => dataSourceId === source._id);
    return names.flatMap((name) => {
      const values = entry?.values[name] as readonly unknown[] | undefined;
      if (!entry || !values) return [];
      const label = charted.length > 1 ? `${source.name}: ${name}` : name;
      return [{ key: `${source._id} ${name}`, label, values, times: entry.timestamps }];
    });
  });
  return (
    <>
      {states.isCut && <CutNotice states={states} zone={zone} />}
      <div className="source-states">
        {strips.map(({ key, ...strip }) => (
          <StateStrip key={key} {...strip} {...{ readAt, range, zone, isTable, frame }} />
        ))}
        {!frame && <p className="source-states-range">{rangeTime(range, zone)}</p>}
      </div>
    </>
  );
}

/** Strips are drawn from the points themselves, of which only so many are read. */
function CutNotice({ states: { entries, rowCount }, zone }: { readonly states: ChartData; readonly zone: string }) {
  const oldest = Math.min(...entries.map(({ timestamps }) => timestamps.at(-1) ?? Infinity));
  return (
    <Notice>
      The strips begin at {plainTime(oldest, zone)}: they show the newest {formatCount(rowCount)} points of this range.
      Choose a shorter range to see the points before.
    </Notice>
  );
}
