import { Button, ButtonLink } from '../../components/button';
import { Notice } from '../../components/notice';
import { Page } from '../../components/page';
import { Tabs } from '../../components/tabs';
import { useAddressState } from '../../lib/address-state';
import { hashHref, navigate } from '../../lib/hash-location';
import { may } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { useReducer } from 'react';
import { dropDraft, keptDrafts } from './drafts';
import { FailedDeliveries } from './failed-deliveries';
import { RuleList } from './rule-list';

const TABS = [
  { id: 'rules', label: 'Rules' },
  { id: 'failed', label: 'Failed deliveries' },
];

/** The alert rules of all buckets that the key can access; for Admin keys, also what no webhook accepted. */
export function AlertsScreen() {
  const session = useSession();
  const [values, change] = useAddressState();
  const tab = values.get('tab') === 'failed' ? 'failed' : 'rules';
  return (
    <Page
      title="Alerts"
      actions={
        may(session, 'write') && (
          <ButtonLink kind="primary" icon="plus" href={hashHref('/alerts/new')}>
            New alert
          </ButtonLink>
        )
      }
    >
      <KeptDrafts />
      {may(session, 'admin') ? (
        <Tabs
          label="Alerts"
          tabs={TABS}
          selected={tab}
          onSelect={(id) => change({ tab: id === 'rules' ? null : id, q: null })}
        >
          {tab === 'failed' ? <FailedDeliveries /> : <RuleList />}
        </Tabs>
      ) : (
        <RuleList />
      )}
    </Page>
  );
}

/** Forms that were left with changes. */
function KeptDrafts() {
  const [, showAgain] = useReducer((count: number) => count + 1, 0);
  return keptDrafts().map(({ path, draft }) => (
    <Notice
      key={path}
      tone="accent"
      actions={
        <>
          <Button onClick={() => navigate(path)}>Continue</Button>
          <Button
            kind="quiet"
            onClick={() => {
              dropDraft(path);
              showAgain();
            }}
          >
            Discard
          </Button>
        </>
      }
    >
      Not saved: {draft.name || draft.condition || 'a new rule'}
    </Notice>
  ));
}
