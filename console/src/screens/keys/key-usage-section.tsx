import { ErrorNotice } from '../../components/error-notice';
import { SelectField } from '../../components/field';
import { Count } from '../../components/num';
import { Skeleton } from '../../components/skeleton';
import { Table, type Column } from '../../components/table';
import { useAddressState } from '../../lib/address-state';
import { dayName, longDayName } from '../../lib/day-bars';
import { counted, formatCount } from '../../lib/numbers';
import type { Api } from '../../api/client';
import type { KeyPlace } from './key-paths';
import { useKeyUsage, type KeyUsage } from './key-queries';
import { mostOf } from './usage-bars';
import { UsageSpark } from './usage-spark';

type Day = Api<'DayUsageView'>;

const RANGES = ['7', '30', '90'];
const OPTIONS = RANGES.map((value) => ({ value, label: `${value} days` }));

const COLUMNS: readonly Column<Day>[] = [
  { id: 'day', header: 'Day (UTC)', cell: ({ day }) => <time dateTime={day}>{longDayName(day)}</time> },
  { id: 'requests', header: 'Accepted', align: 'right', cell: ({ requests }) => <Count value={requests} /> },
  { id: 'refusals', header: 'Refused', align: 'right', cell: ({ refusals }) => <Count value={refusals} /> },
  { id: 'points', header: 'Points', align: 'right', cell: ({ points }) => <Count value={points} /> },
];

/** The requests of a key for each day, as bars and as a table. */
export function KeyUsageSection({ place }: { readonly place: KeyPlace }) {
  const [values, change] = useAddressState();
  const wanted = values.get('days') ?? '';
  const days = RANGES.includes(wanted) ? wanted : '30';
  const { data: usage, error, refetch } = useKeyUsage(place, Number(days));
  if (error) return <ErrorNotice error={error} onRetry={refetch} />;
  if (!usage) return <Skeleton rows={4} />;
  return (
    <>
      <div className="keys-usage-head">
        <SelectField
          label="Days"
          isLabelUnseen
          options={OPTIONS}
          value={days}
          onChange={({ target }) => change({ days: target.value === '30' ? null : target.value })}
        />
        <p>
          <span className="keys-swatch" data-of="accepted" aria-hidden="true" /> {formatCount(usage.totals.requests)}{' '}
          accepted <span className="keys-swatch" data-of="refused" aria-hidden="true" />{' '}
          {formatCount(usage.totals.refusals)} refused
          {usage.totals.points > 0 && ` · ${counted(usage.totals.points, 'point')} stored`}
        </p>
      </div>
      {mostOf(usage.days) === 0 ? (
        <p className="muted">It was not used in the last {days} days.</p>
      ) : (
        <UsageDays usage={usage} />
      )}
    </>
  );
}

/** A bar for each day, and the days with requests as a table. */
function UsageDays({ usage: { days, totals } }: { readonly usage: KeyUsage }) {
  return (
    <>
      <figure className="day-bars keys-usage-chart">
        <figcaption className="day-bars-most" aria-hidden="true">
          {formatCount(mostOf(days))}
        </figcaption>
        <UsageSpark days={days} totals={totals} width={960} height={96} gap={4} />
        <div className="day-bars-ends" aria-hidden="true">
          <span>{dayName(days[0]?.day ?? '')}</span>
          <span>today</span>
        </div>
      </figure>
      <Table
        label="Usage by day"
        columns={COLUMNS}
        rows={[...days].reverse().filter(({ requests, refusals }) => requests + refusals > 0)}
        rowId={({ day }) => day}
      />
    </>
  );
}
