import { useMemo } from 'react';
import { Num } from '../components/num';
import { Table, type Column } from '../components/table';
import { minuteTime, plainTime } from '../lib/times';
import { aligned } from './align';
import type { ChartSeries } from './series';

interface ChartTableProps {
  readonly label: string;
  readonly series: readonly ChartSeries[];
  readonly zone?: string | undefined;
}

const MINUTE = 60_000;

interface Row {
  readonly index: number;
  readonly time: number;
}

/** The values of a chart as a table, newest first. */
export function ChartTable({ label, series, zone }: ChartTableProps) {
  const { times, columns } = useMemo(() => aligned(series), [series]);
  const rows = useMemo(() => times.map((time, index): Row => ({ index, time })).reverse(), [times]);
  const timeOf = times.every((time) => time % MINUTE === 0) ? minuteTime : plainTime;
  const shown = useMemo(
    (): Column<Row>[] => [
      { id: 'time', header: 'Time', cell: ({ time }) => timeOf(time, zone) },
      ...series.map((one, place): Column<Row> => {
        const { values = [] } = columns[place] ?? {};
        return {
          id: one.id,
          header: one.label,
          align: 'right',
          cell: ({ index }) => <Num value={values[index]} unit={one.unit} />,
        };
      }),
    ],
    [series, columns, zone, timeOf],
  );
  return <Table label={label} columns={shown} rows={rows} rowId={({ index }) => String(index)} isFirstFixed />;
}
