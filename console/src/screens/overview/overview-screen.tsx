import { Redirect } from 'wouter';
import type { Api } from '../../api/client';
import { ButtonLink } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { Notice } from '../../components/notice';
import { Page } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { hashHref } from '../../lib/hash-location';
import { useNow } from '../../lib/use-now';
import { useBuckets } from '../buckets/bucket-queries';
import { endingKeys, failedCount, silentSources } from './attention';
import { FailedDeliveries, FiringAlerts, KeysToCheck, SilentSources } from './attention-cards';
import { BucketCard } from './bucket-card';
import { Growth } from './growth';
import { useAttention, useOverview, type Attention, type Overview } from './overview-queries';

/** What a person wants to know at a glance: what needs a look, and that the rest is well. */
export function OverviewScreen() {
  const { data: overview, error, isPending, isFetching, refetch } = useOverview();
  const attention = useAttention();
  const { rows: buckets, total = 0 } = useBuckets();
  const isEmpty = overview?.totals.buckets === 0;
  // What was read before may be older than the first bucket.
  if (isEmpty && !isFetching) return <Redirect to="/start" replace />;
  return (
    <Page title="Overview" about={overview && <span className="muted">{overview.organization.name}</span>}>
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {(isPending || isEmpty) && !error && <Skeleton rows={6} height={96} />}
      {overview && !isEmpty && <Glance {...{ overview, attention, buckets, total }} />}
    </Page>
  );
}

interface GlanceProps {
  readonly overview: Overview;
  readonly attention: Attention;
  readonly buckets: readonly Api<'ListedBucketView'>[];
  /** How many buckets there are. */
  readonly total: number;
}

function Glance({ overview, attention, buckets, total }: GlanceProps) {
  const now = useNow();
  const isWell = isAllWell(overview, attention, now);
  const isUnused = overview.recentActivity.lastDataIngestion === null;
  const bucketName = (id: string) => buckets.find(({ _id }) => _id === id)?.name;
  return (
    <>
      {isUnused && (
        <Notice tone="accent" actions={<ButtonLink href={hashHref('/start')}>Get started</ButtonLink>}>
          No points yet. Connect a device, or look around with demo data.
        </Notice>
      )}
      {isWell && !isUnused && <Notice tone="ok">All is well. Nothing needs a look.</Notice>}
      <div className="cards overview-cards">
        <FiringAlerts query={attention.firing} bucketName={bucketName} />
        <SilentSources query={attention.sources} now={now} bucketName={bucketName} />
        <FailedDeliveries query={attention.deliveries} now={now} overview={overview} />
        <KeysToCheck query={attention.keys} now={now} bucketName={bucketName} />
        <Growth overview={overview} />
        <BucketCard buckets={buckets} total={total} />
      </div>
    </>
  );
}

/** Whether every card is known and says that there is nothing. */
function isAllWell(overview: Overview, attention: Attention, now: number): boolean {
  const [sources, keys] = [attention.sources.data, attention.keys.data];
  if (attention.firing.data?.total !== 0 || failedCount(overview) > 0 || !sources?.isComplete || !keys?.isComplete)
    return false;
  return keys.unused === 0 && silentSources(sources.rows, now).length === 0 && endingKeys(keys.rows, now).length === 0;
}
