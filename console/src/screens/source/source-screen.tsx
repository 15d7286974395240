import { useMemo } from 'react';
import { useParams } from 'wouter';
import { Badge } from '../../components/badge';
import { ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { Page } from '../../components/page';
import { PageError } from '../../components/page-error';
import { Skeleton } from '../../components/skeleton';
import { hashHref } from '../../lib/hash-location';
import { mayImport } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { NewAlertLink, SourceRules } from '../alerts/source-rules';
import { useBucket, useLatest, useSources } from '../bucket/source-queries';
import { shortName } from '../bucket/series';
import { SeriesTags } from '../bucket/series-tags';
import { SourceMenu } from '../manage/manage-menu';
import { ShareButton } from '../share/share-button';
import { useSource, type SourceDetails } from './chart-queries';
import { FieldChoice } from './field-choice';
import { RangeBar } from './range-bar';
import { SourceChart } from './source-chart';
import { chartHeight, chartRoom } from './chart-height';
import { useExplorer } from './use-explorer';
import { ViewChoice } from './view-choice';

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
      isWide
      title={source ? shortName(source) : error ? 'Data source' : undefined}
      crumbs={crumbs}
      about={
        <>
          {source?.tags && <SeriesTags source={source} />}
          {source?.status === 'archived' && <Badge icon="pause">archived</Badge>}
        </>
      }
      actions={
        <>
          {source?.status === 'active' && <NewAlertLink source={source} field={explorer.state.fields?.[0]} />}
          {mayImport(session) && source?.status === 'active' && (
            <ButtonLink icon="upload" href={hashHref(`/import?bucket=${bucketId}&source=${sourceId}`)}>
              Import CSV
            </ButtonLink>
          )}
          {bucket && source && <ShareButton bucketId={bucketId} bucketName={bucket.name} sourceId={sourceId} />}
          {source && <SourceMenu source={source} />}
        </>
      }
    >
      {error && (
        <PageError error={error} onRetry={refetch} next={{ label: 'All data sources', path: `/buckets/${bucketId}` }} />
      )}
      {!source && !error && <Loading />}
      {source && Object.keys(source.schema).length === 0 && (
        <Empty icon="chart" title="This data source has no fields yet">
          Its fields appear here with the first point that it gets.
        </Empty>
      )}
      {source && Object.keys(source.schema).length > 0 && (
        <>
          <RangeBar explorer={explorer} dataRange={dataRangeOf(source, last)}>
            <ViewChoice explorer={explorer} charted={charted} sources={sources} />
          </RangeBar>
          <FieldChoice {...{ explorer, charted }} values={point?.values} at={point?.timestamp} />
          <SourceChart {...{ bucketId, explorer, charted }} newestAt={last} />
          <SourceRules source={source} />
        </>
      )}
    </Page>
  );
}

/** What has the room of the controls, the fields and the chart. */
function Loading() {
  return (
    <>
      <Skeleton rows={1} />
      <Skeleton rows={1} height={24} />
      <Skeleton rows={1} height={chartRoom(chartHeight())} />
    </>
  );
}

/** From the first to the newest point, which the end of a range does not include. */
function dataRangeOf({ stats }: SourceDetails, last: number) {
  const from = Date.parse(stats.firstDataAt ?? '');
  return Number.isNaN(from) ? undefined : { from, to: Math.max(from, last) + 1 };
}
