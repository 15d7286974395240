import { useMemo } from 'react';
import type { TimeRange } from '../../chart/series';
import { COLOR_COUNT } from '../../chart/series';
import { Table, type Column } from '../../components/table';
import { plainTime } from '../../lib/times';
import { runsOf, type StateRun } from './state-runs';

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
}

/** The values of a string or boolean over time: a strip with a part for each value, and their list. */
export function StateStrip({ label, times, values, readAt, range, zone, isTable }: StateStripProps) {
  const runs = useMemo(
    () => runsOf([...times].reverse(), [...values].reverse(), Math.min(range.to, readAt)),
    [times, values, range.to, readAt],
  );
  const kinds = [...new Set(runs.map(({ value }) => value))];
  const colorOf = (value: string) => `var(--series-${(kinds.indexOf(value) % COLOR_COUNT) + 1})`;
  const percent = (millis: number) => `${(millis / (range.to - range.from)) * 100}%`;
  const columns: Column<StateRun>[] = [
    { id: 'from', header: 'From', cell: ({ from }) => plainTime(from, zone) },
    { id: 'to', header: 'To', cell: ({ to }) => plainTime(to, zone) },
    { id: 'value', header: label, cell: ({ value }) => value },
  ];
  return (
    <div className="source-state">
      <p className="source-state-name">
        {label}
        {kinds.map((value) => (
          <span key={value} className="source-state-kind">
            <span className="source-state-swatch" style={{ background: colorOf(value) }} />
            {value}
          </span>
        ))}
      </p>
      <div className="source-strip" aria-hidden="true">
        {runs.map(({ from, to, value }) => (
          <span
            key={from}
            title={`${value}, from ${plainTime(from, zone)}`}
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
