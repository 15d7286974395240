import { Time } from '../../components/time';
import { counted } from '../../lib/numbers';
import { keyPath } from '../keys/key-paths';
import { UNUSED_DAYS } from '../keys/key-list-filter';
import { endingKeys, failedCount, silentSources } from './attention';
import { AttentionCard, Entry } from './attention-card';
import { SHOWN_ROWS, type Attention, type Overview, type SomeRows } from './overview-queries';

interface CardProps<Part extends keyof Attention> {
  readonly query: Attention[Part];
  readonly now: number;
  /** The name of a bucket, where it is known. */
  readonly bucketName: (id: string) => string | undefined;
}

/** Data sources that stopped sending, the longest silence first. */
export function SilentSources({ query, now, bucketName }: CardProps<'sources'>) {
  const { data, error, refetch } = query;
  const silent = data && silentSources(data.rows, now);
  return (
    <AttentionCard
      title="Silent data sources"
      count={silent?.length}
      within={data && withinOf(data, 'data source')}
      calm="Every data source has sent a point within the last 24 hours."
      error={error}
      onRetry={refetch}
      lead={{ path: '/buckets', label: 'All buckets' }}
    >
      <ul className="overview-list">
        {silent?.slice(0, SHOWN_ROWS).map(({ _id, bucketId, name, stats }) => (
          <Entry
            key={_id}
            path={`/buckets/${bucketId}/sources/${_id}`}
            name={name}
            more={bucketName(bucketId)}
            at={<Time at={stats?.lastDataAt} />}
          />
        ))}
      </ul>
      {silent && <Others count={silent.length} what="silent" />}
    </AttentionCard>
  );
}

/** Rules whose condition is met now. */
export function FiringAlerts({ query, bucketName }: Omit<CardProps<'firing'>, 'now'>) {
  const { data, error, refetch } = query;
  return (
    <AttentionCard
      title="Firing alerts"
      count={data?.total}
      tone="bad"
      calm="No alert is firing."
      error={error}
      onRetry={refetch}
      lead={{ path: (data?.total ?? 0) > 0 ? '/alerts?state=triggered' : '/alerts', label: 'All alert rules' }}
    >
      <ul className="overview-list">
        {data?.rows.map(({ _id, name, condition, bucketId, lastTriggeredAt }) => (
          <Entry
            key={_id}
            path={`/alerts/${_id}`}
            name={name}
            more={[condition, bucketName(bucketId)].filter(Boolean).join(' · ')}
            at={<Time at={lastTriggeredAt} />}
          />
        ))}
      </ul>
      {data && <Others count={data.total} what="firing" />}
    </AttentionCard>
  );
}

const DAY = 86_400_000;

interface FailedDeliveriesProps extends Omit<CardProps<'deliveries'>, 'bucketName'> {
  readonly overview: Overview;
}

/** Messages that did not reach their webhook within a day, and rules that cannot reach theirs now. */
export function FailedDeliveries({ query, now, overview }: FailedDeliveriesProps) {
  const { data, error, refetch } = query;
  const { failing, switchedOff } = overview.webhooks;
  const recent = data?.filter(({ lastAttemptAt, createdAt }) => now - Date.parse(lastAttemptAt ?? createdAt) <= DAY);
  return (
    <AttentionCard
      title="Failed notifications"
      count={failedCount(overview)}
      calm="Every notification of the last 24 hours was delivered or is waiting for another attempt."
      error={error}
      onRetry={refetch}
      lead={{ path: '/alerts?tab=failed', label: 'All failed notifications' }}
    >
      {failing > 0 && <p>{counted(failing, 'alert rule')} did not reach the webhook at the last attempt.</p>}
      {switchedOff > 0 && <p>{counted(switchedOff, 'webhook')} refused all messages and got none since then.</p>}
      <ul className="overview-list">
        {recent?.map(({ _id, alertId, alertName, error: reason, lastAttemptAt }) => (
          <Entry
            key={_id}
            path={`/alerts/${alertId}`}
            name={alertName}
            more={reason}
            at={<Time at={lastAttemptAt} />}
          />
        ))}
      </ul>
    </AttentionCard>
  );
}

/** Keys that end soon, and the number of unused keys. */
export function KeysToCheck({ query, now, bucketName }: CardProps<'keys'>) {
  const { data, error, refetch } = query;
  const ending = data && endingKeys(data.rows, now);
  const unused = data?.unused ?? 0;
  return (
    <AttentionCard
      title="Keys to look at"
      count={ending && ending.length + unused}
      within={data && withinOf(data, 'key')}
      tone="accent"
      calm={`No key ends within two weeks, and each was used within ${UNUSED_DAYS} days.`}
      error={error}
      onRetry={refetch}
      lead={
        unused > 0
          ? { path: '/keys?unused=1', label: `${counted(unused, 'key')} unused for ${UNUSED_DAYS} days` }
          : { path: '/keys', label: 'All keys' }
      }
    >
      <ul className="overview-list">
        {ending?.slice(0, SHOWN_ROWS).map(({ _id, name, bucketId, expiresAt }) => (
          <Entry
            key={_id}
            path={keyPath({ _id, bucketId })}
            name={name}
            more={bucketId === null ? 'Admin key' : bucketName(bucketId)}
            at={
              <>
                ends <Time at={expiresAt} come="now" />
              </>
            }
          />
        ))}
      </ul>
      {ending && <Others count={ending.length} what="ending soon" />}
    </AttentionCard>
  );
}

/** How many there are beyond those that are shown. */
function Others({ count, what }: { readonly count: number; readonly what: string }) {
  return count > SHOWN_ROWS && <p className="overview-rest">{`and ${counted(count - SHOWN_ROWS, 'other')} ${what}`}</p>;
}

/** What was looked through, if that is not all. */
function withinOf({ rows, isComplete }: SomeRows<unknown>, what: string): string | undefined {
  return isComplete ? undefined : counted(rows.length, what);
}
