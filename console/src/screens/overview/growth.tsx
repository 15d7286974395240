import { Card } from '../../components/card';
import { DayBars } from '../../components/day-bars';
import { Bytes, Count } from '../../components/num';
import { Time } from '../../components/time';
import type { Overview } from './overview-queries';

/** How much there is, and how it grows. */
export function Growth({ overview: { totals, usage, recentActivity } }: { readonly overview: Overview }) {
  const days = (recentActivity.dataPointsPerDay ?? []).map(({ day, dataPoints }) => ({ day, count: dataPoints }));
  const figures = [
    { name: 'points', value: <Count value={totals.dataPoints} /> },
    { name: 'in the last 24 hours', value: <Count value={recentActivity.dataPointsLast24h} /> },
    { name: 'database', value: <Bytes value={usage.storageUsedBytes} /> },
    { name: 'data sources', value: <Count value={totals.dataSources} /> },
    { name: 'keys', value: <Count value={totals.apiKeys} /> },
  ];
  return (
    <Card
      title="Points a day"
      isWide
      about={
        <span className="muted">
          last arrival <Time at={recentActivity.lastDataIngestion} />
        </span>
      }
      foot={
        <span className="muted">
          Days are those of UTC, by the times of the points. <Count value={usage.apiCallsThisMonth} /> accepted requests
          this month; those of the last half minute may be missing.
        </span>
      }
    >
      <DayBars unit="points" days={days} />
      <dl className="overview-figures">
        {figures.map(({ name, value }) => (
          <div key={name} className="overview-figure">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
