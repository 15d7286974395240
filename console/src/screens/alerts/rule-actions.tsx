import { useState } from 'react';
import { Button, ButtonLink } from '../../components/button';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { useToast } from '../../components/toasts';
import { hashHref, navigate } from '../../lib/hash-location';
import { counted } from '../../lib/numbers';
import { useDeleteRule, useHistory, useUpdateRule, type Rule } from './alert-queries';
import { useDeliveries } from './delivery-queries';

/** More events than this are worth a second thought. */
const FEW_EVENTS = 20;

/** Editing, pausing and deleting a rule. */
export function RuleActions({ rule }: { readonly rule: Rule }) {
  const { mutate, isPending } = useUpdateRule(rule._id);
  const toast = useToast();
  const [isDeleting, setDeleting] = useState(false);
  const isPaused = rule.status === 'paused';
  const toggle = () =>
    mutate(
      { status: isPaused ? 'active' : 'paused' },
      {
        onSuccess: () => toast(isPaused ? 'Resumed' : 'Paused'),
        onError: ({ message }) => toast(message, 'bad'),
      },
    );
  return (
    <>
      <ButtonLink icon="edit" href={hashHref(`/alerts/${rule._id}/edit`)}>
        Edit
      </ButtonLink>
      <Button icon={isPaused ? 'right' : 'pause'} isBusy={isPending} onClick={toggle}>
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <Button icon="trash" onClick={() => setDeleting(true)}>
        Delete
      </Button>
      {isDeleting && <DeleteDialog rule={rule} onClose={() => setDeleting(false)} />}
    </>
  );
}

function DeleteDialog({ rule, onClose }: { readonly rule: Rule; readonly onClose: () => void }) {
  const { mutate, isPending, error } = useDeleteRule(rule._id);
  const { total: events = 0 } = useHistory(rule._id, rule.state);
  const { total: deliveries = 0 } = useDeliveries(rule._id);
  const toast = useToast();
  const remove = () =>
    mutate(undefined, {
      onSuccess: () => {
        toast('Deleted');
        navigate('/alerts', { replace: true });
      },
    });
  return (
    <ConfirmDialog
      title={`Delete ${rule.name}?`}
      action="Delete rule"
      isDanger
      typed={events > FEW_EVENTS ? rule.name : undefined}
      isBusy={isPending}
      error={error}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>
        Its {counted(events, 'event')} and {counted(deliveries, 'delivery', 'deliveries')} are deleted too. This cannot
        be undone.
      </p>
      {rule.state === 'triggered' && (
        <p>
          It is firing: {rule.webhookUrl === null ? 'the alert ends' : 'its webhook gets an alert.resolved message'}.
        </p>
      )}
    </ConfirmDialog>
  );
}
