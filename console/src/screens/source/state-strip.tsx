import { useMemo } from 'react';
import type { ChartFrame } from '../../chart/chart';
import type { TimeRange } from '../../chart/series';
import { COLOR_COUNT } from '../../chart/series';
import { Table, type Column } from '../../components/table';
import { counted } from '../../lib/numbers';
import { plainTime } from '../../lib/times';
import { runsOf, type StateRun } from './state-runs';

/** What is not the case has no color of its own, so that what is stands out. */
const QUIET = ['false', 'not met'];
/** More values than this have no room above a strip. */
const MAX_KINDS = 8;

interface StateStripProps {
  readonly label: string;
  /** Newest first, as they are read. */
  readonly times: readonly number[];
  readonly values: readonly unknown[];
  /** What comes after is not known. */
  readonly readAt: number;
  readonly range: TimeRange;
  readonly zone: string;
  readonly isTable: boolean;
  /** Where the strip begins and ends, where a chart has the same times above it. */
  readonly frame?: ChartFrame | undefined;
}

/** The values of a string or boolean over time: a strip with a part for each value, and their list. */
export function StateStrip({ label, times, values, readAt, range, zone, isTable, frame }: StateStripProps) {
  const runs = useMemo(
    () => runsOf([...times].reverse(), [...values].reverse(), Math.min(range.to, readAt)),
    [times, values, range.to, readAt],
  );
  // In one order in every range, so that a value keeps its color where others come and go.
  const kinds = [...new Set(runs.map(({ value }) => value))].sort();
  const loud = kinds.filter((value) => !QUIET.includes(value));
  const colorOf = (value: string) =>
    QUIET.includes(value) ? 'var(--control-border)' : `var(--series-${(loud.indexOf(value) % COLOR_COUNT) + 1})`;
  const percent = (millis: number) => `${(millis / (range.to - range.from)) * 100}%`;
  const columns: Column<StateRun>[] = [
    { id: 'from', header: 'From', cell: ({ from }) => plainTime(from, zone) },
    { id: 'to', header: 'To', hideBelow: 600, cell: ({ to }) => plainTime(to, zone) },
    { id: 'value', header: label, cell: ({ value }) => value },
  ];
  return (
    <div className="source-state">
      <p className="source-state-name">
        <strong>{label}</strong>
        {kinds.slice(0, MAX_KINDS).map((value) => (
          <span key={value} className="source-state-kind" title={value}>
            <span className="source-state-swatch" style={{ background: colorOf(value) }} />
            <span className="source-state-value">{value}</span>
          </span>
        ))}
        {kinds.length > MAX_KINDS && <span className="muted">and {counted(kinds.length - MAX_KINDS, 'other')}</span>}
      </p>
      <div className="source-strip" aria-hidden="true" style={frame && { marginLeft: frame.left, width: frame.width }}>
        {runs.map(({ from, to, value }) => (
          <span
            key={from}
            title={`${value}, from ${plainTime(from, zone)} to ${plainTime(to, zone)}`}
            style={{ left: percent(from - range.from), width: percent(to - from), background: colorOf(value) }}
          />
        ))}
      </div>
      {isTable && (
        <Table label={label} columns={columns} rows={[...runs].reverse()} rowId={({ from }) => String(from)} />
      )}
    </div>
  );
}
