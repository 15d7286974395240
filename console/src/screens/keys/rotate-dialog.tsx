import { useState } from 'react';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { Countdown } from '../../components/countdown';
import { Checkbox, SelectField } from '../../components/field';
import { OnceDialog } from '../../components/once-dialog';
import { useSession } from '../../session/use-session';
import { rotateKey } from './key-api';
import type { KeyDialogProps } from './key-dialogs';
import { keyFileName } from './key-file-name';
import { useKeyMutation } from './key-queries';

const AT_ONCE = { value: '0', label: 'not at all: it expires at once' };
const OVERLAPS = [
  { value: '3600', label: '1 hour' },
  { value: '86400', label: '1 day' },
  { value: '604800', label: '7 days' },
  { value: '2592000', label: '30 days' },
];

/** Replaces a key by a new one with the same rights. Both are valid for a while, so that nothing stops. */
export function RotateDialog({ apiKey, onClose }: KeyDialogProps) {
  const [overlap, setOverlap] = useState('86400');
  const [retires, setRetires] = useState(true);
  const isOwn = useSession().openedBy === apiKey._id;
  const gracePeriodSeconds = Number(overlap);
  const retireOnFirstUse = retires && gracePeriodSeconds > 0;
  const { mutate, isPending, error, data } = useKeyMutation(() =>
    rotateKey(apiKey, { gracePeriodSeconds, retireOnFirstUse }),
  );

  if (data) {
    const { apiKey: made, replaces } = data;
    return (
      <OnceDialog
        title={`New key for ${made.name}`}
        label="Key"
        secret={made.key}
        fileName={keyFileName(made)}
        onStored={onClose}
      >
        <p>
          The old key <Countdown to={replaces.expiresAt} before="expires in" ended="has expired" />
          {retireOnFirstUse && ', or as soon as the new one is used'}.
        </p>
      </OnceDialog>
    );
  }
  return (
    <ConfirmDialog
      title={`Rotate ${apiKey.name}`}
      action="Rotate"
      onConfirm={() => mutate(undefined)}
      onClose={onClose}
      isBusy={isPending}
      error={error}
    >
      <p>
        You get a new key with the same rights and restrictions. Give it to the device while the old one still works.
      </p>
      <SelectField
        label="Keep the old key for"
        // The reply would be lost with the session.
        options={isOwn ? OVERLAPS : [AT_ONCE, ...OVERLAPS]}
        value={overlap}
        onChange={({ target }) => setOverlap(target.value)}
        hint={isOwn ? 'You are signed in with this key. Sign in with the new one before it expires.' : undefined}
      />
      {gracePeriodSeconds > 0 && (
        <Checkbox
          label="Until the new key is used, if that is sooner"
          checked={retires}
          onChange={({ target }) => setRetires(target.checked)}
        />
      )}
    </ConfirmDialog>
  );
}
