import { Link } from 'wouter';
import type { Api } from '../../api/client';
import { Card } from '../../components/card';
import { Time } from '../../components/time';
import { counted } from '../../lib/numbers';
import { newestFirst } from './attention';
import { Entry } from './attention-card';

const SHOWN_BUCKETS = 8;

interface BucketCardProps {
  readonly buckets: readonly Api<'ListedBucketView'>[];
  readonly total: number;
}

/** The buckets with the newest points. */
export function BucketCard({ buckets, total }: BucketCardProps) {
  const shown = newestFirst(buckets).slice(0, SHOWN_BUCKETS);
  return (
    <Card
      title="Buckets"
      isWide
      about={<span className="muted">last point</span>}
      foot={<Link href="/buckets">{total > shown.length ? `All ${counted(total, 'bucket')}` : 'All buckets'}</Link>}
    >
      <ul className="overview-list overview-columns">
        {shown.map(({ _id, name, stats }) => (
          <Entry
            key={_id}
            path={`/buckets/${_id}`}
            name={name}
            more={`${counted(stats?.dataSourceCount ?? 0, 'data source')} · ${counted(stats?.dataPointsPerDay ?? 0, 'point')} a day`}
            at={<Time at={stats?.lastDataAt} />}
          />
        ))}
      </ul>
    </Card>
  );
}
