import { Badge } from '../../components/badge';
import { Num, Value } from '../../components/num';
import { Table, type Column } from '../../components/table';
import { Time } from '../../components/time';
import { durationInWords, plainTime } from '../../lib/times';
import { fieldsIn, thresholdOf, type Condition } from './condition';
import { peakOf, type Firing, type MetInterval } from './firings';
import type { WatchedSource } from './condition-data';

interface FiringTableProps {
  readonly firings: readonly Firing[];
  readonly chosen: Firing | undefined;
  readonly condition: Condition;
  readonly schema: WatchedSource['schema'];
  readonly intervals: readonly MetInterval[];
  readonly onChoose: (firing: Firing) => void;
  readonly onEnd: () => void;
}

/** The firings of a rule, newest first. One of them is on the chart. */
export function FiringTable(props: FiringTableProps) {
  const { firings, chosen, condition, schema, intervals, onChoose, onEnd } = props;
  const threshold = thresholdOf(condition);
  const fields = fieldsIn(condition);
  const unit = threshold && schema[threshold.field]?.unit;
  const hasPeak = threshold !== undefined && !['eq', 'ne'].includes(threshold.operator);
  const columns: Column<Firing>[] = [
    {
      id: 'from',
      header: 'Fired',
      cell: (firing) => (
        <button
          type="button"
          className="delivery-open"
          aria-pressed={firing.id === chosen?.id}
          onClick={() => onChoose(firing)}
        >
          {firing.from === null ? 'earlier' : plainTime(firing.from)}
        </button>
      ),
    },
    {
      id: 'duration',
      header: 'Duration',
      cell: ({ from, to }) =>
        to === null ? (
          <Badge tone="bad" icon="bell">
            firing
          </Badge>
        ) : (
          <span title={plainTime(to)}>{from === null ? '–' : durationInWords(to - from)}</span>
        ),
    },
    {
      id: 'value',
      header: 'Value',
      align: 'right',
      cell: ({ value }) => <FiredWith value={value} units={fields.map((field) => schema[field]?.unit)} />,
    },
    ...(hasPeak
      ? [
          {
            id: 'peak',
            header: 'Peak',
            align: 'right',
            hideBelow: 600,
            cell: (firing: Firing) => <Num value={peakOf(firing, intervals, condition)} unit={unit} />,
          } as const,
        ]
      : []),
    { id: 'reminders', header: 'Reminders', align: 'right', hideBelow: 600, cell: ({ reminders }) => reminders },
    { id: 'reason', header: 'Ended by', hideBelow: 600, cell: endOf },
    { id: 'ago', header: 'When', hideBelow: 960, cell: ({ from, to }) => <Time at={from ?? to} /> },
  ];
  return (
    <Table label="History" columns={columns} rows={firings} rowId={({ id }) => id} onOpen={onChoose} onEnd={onEnd} />
  );
}

function endOf({ to, reason }: Firing) {
  if (to === null) return '';
  return reason ?? 'condition';
}

function FiredWith({ value, units }: { readonly value: unknown; readonly units: readonly (string | undefined)[] }) {
  const values = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return (
    <span className="alerts-values">
      {values.map((one, index) => (
        <Value key={index} value={one} unit={units[index]} />
      ))}
    </span>
  );
}
