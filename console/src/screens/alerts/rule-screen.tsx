import { useParams } from 'wouter';
import { ErrorNotice } from '../../components/error-notice';
import { Page } from '../../components/page';
import { PageError } from '../../components/page-error';
import { Skeleton } from '../../components/skeleton';
import { useSession } from '../../session/use-session';
import { may } from '../../session/rights';
import { useSource } from '../source/chart-queries';
import { useRule } from './alert-queries';
import { RuleActions } from './rule-actions';
import { RuleDeliveries } from './rule-deliveries';
import { RuleFacts } from './rule-facts';
import { RuleHistory } from './rule-history';
import { RuleStateBadge } from './rule-state';
import { RuleWebhook } from './rule-webhook';

/** A rule: what it watches, when it fired, and what it sent. */
export function RuleScreen() {
  const { alertId = '' } = useParams();
  const session = useSession();
  const { data: rule, error, refetch } = useRule(alertId);
  const {
    data: source,
    error: sourceError,
    refetch: refetchSource,
  } = useSource(rule?.bucketId ?? '', rule?.dataSourceId ?? '', rule !== undefined);
  return (
    <Page
      title={rule?.name ?? (error ? 'Alert' : undefined)}
      crumbs={[{ label: 'Alerts', path: '/alerts' }]}
      about={rule && <RuleStateBadge {...rule} />}
      actions={rule && may(session, 'write') && <RuleActions rule={rule} />}
    >
      {error && <PageError error={error} onRetry={refetch} next={{ label: 'All alerts', path: '/alerts' }} />}
      {sourceError && <ErrorNotice error={sourceError} onRetry={refetchSource} />}
      {!rule && !error && <Skeleton rows={6} />}
      {rule && <RuleFacts rule={rule} source={source} />}
      {rule && source && <RuleHistory rule={rule} source={source} />}
      {rule && <RuleWebhook rule={rule} />}
      {rule && rule.webhookUrl !== null && <RuleDeliveries alertId={rule._id} />}
    </Page>
  );
}
