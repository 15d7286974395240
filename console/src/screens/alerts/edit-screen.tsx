import { useState } from 'react';
import { useParams } from 'wouter';
import { Page } from '../../components/page';
import { PageError } from '../../components/page-error';
import { Skeleton } from '../../components/skeleton';
import { useAddressState } from '../../lib/address-state';
import { useSession } from '../../session/use-session';
import { useSource } from '../source/chart-queries';
import { useRule } from './alert-queries';
import type { WatchedSource } from './condition-data';
import { RuleEditor } from './rule-editor';
import { SourceChoice } from './source-choice';

const LIST = { label: 'Alerts', path: '/alerts' };

/** Creates a rule: first its data source is chosen, unless the address names it. */
export function NewRuleScreen() {
  const { dataSourceId, bucket } = useSession();
  const [values, change] = useAddressState();
  const sourceId = values.get('source') ?? dataSourceId;
  const bucketId = values.get('bucket') ?? bucket?._id;
  const choose = ({ _id, bucketId: bucketOf }: WatchedSource) => change({ source: _id, bucket: bucketOf });
  return (
    <Page title="New alert" crumbs={[LIST]}>
      {sourceId && bucketId ? (
        <SourceEditor {...{ bucketId, sourceId }} onSource={dataSourceId === null ? choose : undefined} />
      ) : (
        <SourceChoice onChoose={choose} />
      )}
    </Page>
  );
}

interface SourceEditorProps {
  readonly bucketId: string;
  readonly sourceId: string;
  readonly onSource: ((source: WatchedSource) => void) | undefined;
}

function SourceEditor({ bucketId, sourceId, onSource }: SourceEditorProps) {
  const { data, error, refetch } = useSource(bucketId, sourceId);
  // While another one is read, the form stays.
  const [source, setSource] = useState(data);
  if (data && data !== source) setSource(data);
  if (error && !data) {
    const next = onSource && { label: 'Choose a data source', path: '/alerts/new' };
    return <PageError error={error} onRetry={refetch} next={next} />;
  }
  if (!source) return <Skeleton rows={6} />;
  return <RuleEditor source={source} rule={undefined} onSource={onSource} />;
}

/** Changes a rule. */
export function EditRuleScreen() {
  const { alertId = '' } = useParams();
  const { data: rule, error, refetch } = useRule(alertId);
  const source = useSource(rule?.bucketId ?? '', rule?.dataSourceId ?? '', rule !== undefined);
  const failure = error ?? source.error;
  const crumbs = [LIST, ...(rule ? [{ label: rule.name, path: `/alerts/${alertId}` }] : [])];
  return (
    <Page title={rule ? `Edit ${rule.name}` : error ? 'Edit alert' : undefined} crumbs={crumbs}>
      {failure && !source.data && (
        <PageError
          error={failure}
          onRetry={error ? refetch : source.refetch}
          next={{ label: 'All alerts', path: '/alerts' }}
        />
      )}
      {!source.data && !failure && <Skeleton rows={6} />}
      {rule && source.data && <RuleEditor key={alertId} source={source.data} rule={rule} />}
    </Page>
  );
}
