import { useState, type ReactNode } from 'react';
import { Badge } from '../../components/badge';
import { Button } from '../../components/button';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { Facts } from '../../components/facts';
import { OnceDialog } from '../../components/once-dialog';
import { Section } from '../../components/page';
import { Time } from '../../components/time';
import { fullTime } from '../../lib/times';
import { may } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { useRotateSecret, type Rule } from './alert-queries';
import { TestSend } from './test-send';

/** Where a rule sends its messages, whether they arrive, and a test. */
export function RuleWebhook({ rule }: { readonly rule: Rule }) {
  const canChange = may(useSession(), 'write');
  const { webhookUrl, webhook, headers } = rule;
  if (webhookUrl === null || webhook === null) {
    return (
      <Section title="Webhook">
        <p className="muted">None: shown in the console only.</p>
      </Section>
    );
  }
  const names = Object.keys(headers);
  return (
    <Section title="Webhook" actions={canChange && <NewSecret rule={rule} />}>
      <Facts
        facts={[
          { name: 'URL', value: webhookUrl },
          ...(names.length > 0 ? [{ name: 'Headers', value: names.join(', ') }] : []),
          {
            name: 'Status',
            value: (
              <>
                <WebhookBadge status={webhook.status} />
                {webhook.status === 'off' && ' The receiver answered 410. A successful test switches it on again.'}
              </>
            ),
          },
          { name: 'Last attempt', value: <Time at={webhook.lastAttemptAt} /> },
          ...(webhook.failedSince === null
            ? []
            : [
                {
                  name: 'Failing since',
                  value: (
                    <>
                      <Time at={webhook.failedSince} /> · {webhook.lastError}
                    </>
                  ),
                },
              ]),
        ]}
      />
      {canChange && <TestSend alertId={rule._id} />}
    </Section>
  );
}

function WebhookBadge({ status }: Pick<NonNullable<Rule['webhook']>, 'status'>) {
  if (status === 'ok') return <Badge tone="ok">ok</Badge>;
  return status === 'failing' ? <Badge tone="bad">failing</Badge> : <Badge icon="pause">off</Badge>;
}

/** Replaces the secret that signs messages. */
function NewSecret({ rule }: { readonly rule: Rule }) {
  const [isAsking, setAsking] = useState(false);
  const { mutate, isPending, data, error, reset } = useRotateSecret(rule._id);
  return (
    <>
      <Button icon="reload" onClick={() => setAsking(true)}>
        New secret
      </Button>
      {isAsking && (
        <ConfirmDialog
          title="New secret?"
          action="Create secret"
          isBusy={isPending}
          error={error}
          onConfirm={() => mutate(undefined, { onSuccess: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        >
          <p>For 24 hours messages are signed with both secrets. After that, receivers need the new one.</p>
        </ConfirmDialog>
      )}
      {data && (
        <SecretDialog name={rule.name} secret={data.webhookSecret} onStored={reset}>
          <p>The previous secret is valid until {fullTime(Date.parse(data.previousSecretValidUntil))}.</p>
        </SecretDialog>
      )}
    </>
  );
}

interface SecretDialogProps {
  readonly name: string;
  readonly secret: string;
  readonly onStored: () => void;
  readonly children?: ReactNode;
}

/** Shows the secret of a webhook, which is never shown again. */
export function SecretDialog({ name, secret, onStored, children }: SecretDialogProps) {
  return (
    <OnceDialog
      title="Webhook secret"
      label="Secret"
      secret={secret}
      fileName={`${name} secret.txt`}
      onStored={onStored}
    >
      <p className="muted">The receiver verifies with it that messages come from this server.</p>
      {children}
    </OnceDialog>
  );
}
