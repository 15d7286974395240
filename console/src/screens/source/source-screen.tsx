import { useMemo } from 'react';
import { useParams } from 'wouter';
import { Badge } from '../../components/badge';
import { ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { Value } from '../../components/num';
import { Page } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { hashHref } from '../../lib/hash-location';
import { mayImport } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { NewAlertLink, SourceRules } from '../alerts/source-rules';
import { useBucket, useLatest, useSources } from '../bucket/source-queries';
import { ShareButton } from '../share/share-button';
import { useSource, type SourceDetails } from './chart-queries';
import { RangeBar } from './range-bar';
import { SourceChart } from './source-chart';
import { useExplorer } from './use-explorer';
import { FieldChoice, ViewChoice } from './view-choice';

/** The fields of a data source over time, with others of its bucket beside them. */
export function SourceScreen() {
  const { bucketId = '', sourceId = '' } = useParams();
  const session = useSession();
  const { type } = session;
  const { bucket } = useBucket(bucketId);
  const { data: source, error, refetch } = useSource(bucketId, sourceId);
  const { rows: sources } = useSources(bucketId);
  const { latest } = useLatest(bucketId);
  const point = latest.get(sourceId);
  const last = Date.parse(point?.timestamp ?? source?.stats.lastDataAt ?? '') || 0;
  const explorer = useExplorer(last);
  const { others } = explorer.state;
  const charted = useMemo(
    () => (source ? [source, ...sources.filter(({ _id }) => _id !== source._id && others.includes(_id))] : []),
    [source, sources, others],
  );
  const crumbs = [
    ...(type === 'admin' ? [{ label: 'Buckets', path: '/buckets' }] : []),
    { label: bucket?.name ?? 'Bucket', path: `/buckets/${bucketId}` },
  ];

  return (
    <Page
      title={source?.name}
      crumbs={crumbs}
      about={source?.status === 'archived' && <Badge icon="pause">archived</Badge>}
      actions={
        <>
          {source?.status === 'active' && <NewAlertLink source={source} field={explorer.state.fields?.[0]} />}
          {mayImport(session) && source?.status === 'active' && (
            <ButtonLink icon="upload" href={hashHref(`/import?bucket=${bucketId}&source=${sourceId}`)}>
              Import CSV
            </ButtonLink>
          )}
          {bucket && <ShareButton bucketId={bucketId} bucketName={bucket.name} sourceId={sourceId} />}
        </>
      }
    >
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {!source && !error && <Skeleton rows={1} height={340} />}
      {source && Object.keys(source.schema).length === 0 && (
        <Empty icon="chart" title="This data source has no fields yet">
          Its fields appear here with the first point that it gets.
        </Empty>
      )}
      {source && Object.keys(source.schema).length > 0 && (
        <>
          <LatestValues source={source} values={point?.values} at={point?.timestamp} />
          <RangeBar explorer={explorer} dataRange={dataRangeOf(source, last)}>
            <ViewChoice explorer={explorer} charted={charted} sources={sources} />
          </RangeBar>
          <FieldChoice explorer={explorer} charted={charted} />
          <SourceChart {...{ bucketId, explorer, charted }} newestAt={last} />
          <SourceRules source={source} />
        </>
      )}
    </Page>
  );
}

interface LatestValuesProps {
  readonly source: SourceDetails;
  readonly values: Readonly<Record<string, unknown>> | undefined;
  readonly at: string | undefined;
}

function LatestValues({ source: { schema }, values = {}, at }: LatestValuesProps) {
  const names = Object.keys(schema).filter((name) => name in values);
  if (at === undefined) return null;
  return (
    <p className="source-latest">
      {names.map((name) => (
        <span key={name}>
          <span className="muted">{name}</span>{' '}
          <strong>
            <Value value={values[name]} unit={schema[name]?.unit} />
          </strong>
        </span>
      ))}
      <span className="muted">
        <Time at={at} />
      </span>
    </p>
  );
}

/** From the first to the newest point, which the end of a range does not include. */
function dataRangeOf({ stats }: SourceDetails, last: number) {
  const from = Date.parse(stats.firstDataAt ?? '');
  return Number.isNaN(from) ? undefined : { from, to: Math.max(from, last) + 1 };
}
