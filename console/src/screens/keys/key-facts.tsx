import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Countdown } from '../../components/countdown';
import { Time } from '../../components/time';
import { fullTime } from '../../lib/times';
import { useSource } from '../source/chart-queries';
import type { Key } from './key-types';
import { USAGE_DAYS, useKeyUsage } from './key-queries';
import { prefixOf, rateInWords } from './key-state';

interface KeyFactsProps {
  readonly apiKey: Key;
  readonly bucketName: string | undefined;
  /** Whether requests with it are accepted. */
  readonly isLive: boolean;
}

/** What a key is and may do. */
export function KeyFacts({ apiKey: key, bucketName = 'Bucket', isLive }: KeyFactsProps) {
  const { expiresAt, metadata = {}, bucketId, dataSourceId } = key;
  const { data: usage } = useKeyUsage(key, USAGE_DAYS);
  const from = [usage?.lastAddress, usage?.lastUserAgent].filter(Boolean).join(', ');
  const isRotated = key.replaces !== undefined || key.replacedBy !== undefined;
  const shared = isRotated ? ', shared by the keys of its rotation' : '';
  const facts: readonly (readonly [name: string, value: ReactNode] | false)[] = [
    ['Begins with', <code key="prefix">{prefixOf(key)}</code>],
    bucketId !== null && [
      'Bucket',
      <Link key="bucket" href={`/buckets/${bucketId}`}>
        {bucketName}
      </Link>,
    ],
    dataSourceId !== undefined && [
      'Data source',
      <OnlySource key="source" bucketId={bucketId ?? ''} sourceId={dataSourceId} />,
    ],
    ['Created', <Time key="created" at={key.createdAt} />],
    [
      'Last used',
      <span key="used">
        <Time at={usage?.lastUsedAt ?? key.lastUsedAt} />
        {from && ` from ${from}`}
      </span>,
    ],
    ['Expires', expiresAt === undefined ? 'never' : <Expiry key="expires" at={expiresAt} isLive={isLive} />],
    key.writeOnly === true && ['Reads', 'nothing: it is write only'],
    key.allowedIps !== undefined && ['Addresses', key.allowedIps.join(', ')],
    key.rateLimit !== undefined && ['Rate limit', `${rateInWords(key.rateLimit, 'requests')}${shared}`],
    key.quota !== undefined && [
      'Quota',
      `${key.quota.limit.toLocaleString('en')} requests a ${key.quota.per}${shared}`,
    ],
    key.selfRotation === false && ['Rotation', 'by an Admin key only'],
    ...Object.entries(metadata).map(([name, value]) => [name, value] as const),
  ];
  return (
    <dl className="keys-facts">
      {facts
        .filter((fact) => fact !== false)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** The one data source that a key may use. Its name comes later. */
function OnlySource({ bucketId, sourceId }: { readonly bucketId: string; readonly sourceId: string }) {
  const { data: source } = useSource(bucketId, sourceId);
  return (
    <>
      only <Link href={`/buckets/${bucketId}/sources/${sourceId}`}>{source?.name ?? 'this one'}</Link>
    </>
  );
}

function Expiry({ at, isLive }: { readonly at: string; readonly isLive: boolean }) {
  return (
    <>
      {fullTime(Date.parse(at))}
      {isLive && (
        <span className="muted">
          {' '}
          (<Countdown to={at} before="in" ended="now" />)
        </span>
      )}
    </>
  );
}
