import { useState } from 'react';
import { Link } from 'wouter';
import type { Api } from '../../api/client';
import { Button } from '../../components/button';
import { CopyButton } from '../../components/copy-button';
import { Dialog } from '../../components/dialog';
import { ErrorNotice } from '../../components/error-notice';
import { Facts, type Fact } from '../../components/facts';
import { Notice } from '../../components/notice';
import { Skeleton } from '../../components/skeleton';
import { Time } from '../../components/time';
import { useToast } from '../../components/toasts';
import { counted } from '../../lib/numbers';
import { may } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { answerOf, DeliveryBadge } from './delivery-table';
import { useDelivery, useReplay } from './delivery-queries';
import { rulePath } from './rule-paths';

interface DeliveryDialogProps {
  readonly alertId: string;
  readonly deliveryId: string;
  /** Where it is not that of the page. */
  readonly ruleName?: string | undefined;
  readonly onClose: () => void;
}

/** A message: what was sent, what came back, and a way to send it again. */
export function DeliveryDialog({ alertId, deliveryId, ruleName, onClose }: DeliveryDialogProps) {
  const { data: delivery, error, refetch } = useDelivery(alertId, deliveryId);
  const [isAsking, setAsking] = useState(false);
  const canReplay = may(useSession(), 'write') && delivery !== undefined && delivery.status !== 'waiting';
  const payload = delivery && JSON.stringify(delivery.payload, null, 2);
  return (
    <Dialog
      title={delivery?.event ?? 'Message'}
      onClose={onClose}
      isWide
      actions={
        <>
          {payload !== undefined && <CopyButton text={payload} label="Copy payload" />}
          {canReplay && !isAsking && (
            <Button icon="reload" onClick={() => setAsking(true)}>
              Replay
            </Button>
          )}
        </>
      }
    >
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {!delivery && !error && <Skeleton rows={4} />}
      {isAsking && <ReplayQuestion {...{ alertId, deliveryId, onClose }} onCancel={() => setAsking(false)} />}
      {delivery && (
        <>
          <Facts
            facts={[
              ...(ruleName === undefined
                ? []
                : [{ name: 'Rule', value: <Link href={rulePath({ _id: alertId })}>{ruleName}</Link> }]),
              ...factsOf(delivery),
            ]}
          />
          <pre className="delivery-payload" tabIndex={0} aria-label="Payload">
            {payload}
          </pre>
        </>
      )}
    </Dialog>
  );
}

function factsOf(delivery: Api<'DeliveryDetails'>): Fact[] {
  const { status, attempts, lastAttemptAt, nextAttemptAt, webhookId } = delivery;
  return [
    {
      name: 'Status',
      value: (
        <>
          <DeliveryBadge status={status} /> {counted(attempts, 'attempt')}
        </>
      ),
    },
    { name: 'Last attempt', value: <Time at={lastAttemptAt} /> },
    ...(nextAttemptAt === null ? [] : [{ name: 'Next attempt', value: <Time at={nextAttemptAt} come="now" /> }]),
    { name: 'Answer', value: answerOf(delivery) },
    { name: 'webhook-id', value: <code>{webhookId}</code> },
  ];
}

interface ReplayQuestionProps extends DeliveryDialogProps {
  readonly onCancel: () => void;
}

/** Receivers may act on a message, so sending it again is asked for. */
function ReplayQuestion({ alertId, deliveryId, onClose, onCancel }: ReplayQuestionProps) {
  const { mutate, isPending, error } = useReplay(alertId, deliveryId);
  const toast = useToast();
  const replay = () =>
    mutate(undefined, {
      onSuccess: () => {
        toast('The message is sent again');
        onClose();
      },
    });
  return (
    <>
      <Notice
        tone="warn"
        actions={
          <>
            <Button kind="primary" isBusy={isPending} onClick={replay}>
              Send again
            </Button>
            <Button onClick={onCancel}>Cancel</Button>
          </>
        }
      >
        The receiver gets this message again, under the same webhook-id.
      </Notice>
      {error && <ErrorNotice error={error} />}
    </>
  );
}
