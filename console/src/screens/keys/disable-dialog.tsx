import { ConfirmDialog } from '../../components/confirm-dialog';
import { useToast } from '../../components/toasts';
import { updateKey } from './key-api';
import type { KeyDialogProps } from './key-dialogs';
import { useKeyMutation } from './key-queries';
import { WhatStops } from './what-stops';

/** Disables a key, or enables it again. */
export function DisableDialog({ apiKey, onClose }: KeyDialogProps) {
  const toast = useToast();
  const enabled = apiKey.enabled === false;
  const { mutate, isPending, error } = useKeyMutation(() => updateKey(apiKey, { enabled }));
  const confirm = () =>
    mutate(undefined, {
      onSuccess: () => {
        toast(`${apiKey.name} is ${enabled ? 'enabled' : 'disabled'}`);
        onClose();
      },
    });
  return (
    <ConfirmDialog
      title={`${enabled ? 'Enable' : 'Disable'} ${apiKey.name}`}
      action={enabled ? 'Enable' : 'Disable'}
      onConfirm={confirm}
      onClose={onClose}
      isBusy={isPending}
      error={error}
    >
      {enabled ? <p>The key is accepted again at once.</p> : <WhatStops apiKey={apiKey} />}
      {!enabled && <p>You can enable it again.</p>}
    </ConfirmDialog>
  );
}
