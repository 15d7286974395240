import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { Checkbox } from '../../components/field';
import { useToast } from '../../components/toasts';
import { counted } from '../../lib/numbers';
import { revokeKey } from './key-api';
import type { KeyDialogProps } from './key-dialogs';
import { USAGE_DAYS, useKeyMutation, useKeyUsage, useReplacements } from './key-queries';
import { WhatStops } from './what-stops';

/** Revokes a key for ever, with the keys that it was rotated into if wanted. The name of a key that is in use has to be typed. */
export function RevokeDialog({ apiKey, onClose, onRevoked }: KeyDialogProps) {
  const toast = useToast();
  const [withLine, setWithLine] = useState(false);
  const { data: usage, isLoading } = useKeyUsage(apiKey, USAGE_DAYS);
  const { data: replacements = [] } = useReplacements(apiKey);
  const { mutate, isPending, error } = useKeyMutation(() => revokeKey(apiKey, withLine), apiKey._id);
  const isSession = apiKey.sessionOf !== undefined;
  const isMuchLost = !isSession && (apiKey.type === 'admin' || withLine || (usage?.totals.requests ?? 0) > 0);

  const confirm = () =>
    mutate(undefined, {
      onSuccess: ({ descendants = [] }) => {
        const more = withLine && descendants.length > 0 ? ` with ${counted(descendants.length, 'more key')}` : '';
        toast(isSession ? 'The session is ended' : `${apiKey.name} is revoked${more}`);
        onClose();
        onRevoked?.();
      },
    });

  return (
    <ConfirmDialog
      title={isSession ? `End a session of ${apiKey.name}` : `Revoke ${apiKey.name}`}
      action={isSession ? 'End session' : 'Revoke'}
      onConfirm={confirm}
      onClose={onClose}
      isBusy={isPending || isLoading}
      error={error}
      isDanger
      typed={isMuchLost ? apiKey.name : undefined}
    >
      {isSession ? (
        <p>Who uses this session has to sign in again. The key that it was opened with stays.</p>
      ) : (
        <>
          <WhatStops apiKey={apiKey} />
          <p>It cannot be restored, and its text is never accepted again. The data that it stored stays.</p>
        </>
      )}
      {replacements.length > 0 && (
        <Checkbox
          label={`Also revoke what it was rotated into: ${counted(replacements.length, 'key')}`}
          hint="For a key that has leaked: whoever had it could have rotated it. Otherwise the new keys stay valid."
          checked={withLine}
          onChange={({ target }) => setWithLine(target.checked)}
        />
      )}
    </ConfirmDialog>
  );
}
