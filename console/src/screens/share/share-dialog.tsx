import { useRef, useState } from 'react';
import { ApiProblem } from '../../api/problem';
import { isOwnMachine, isReadableOnTheWay } from '../../api/server';
import { FormDialog } from '../../components/form-dialog';
import { SelectField, TextArea, TextField } from '../../components/field';
import { Fold } from '../../components/fold';
import { Notice } from '../../components/notice';
import { readHash } from '../../lib/hash';
import { newRetryId } from '../../lib/retry-id';
import { useSources } from '../bucket/source-queries';
import { CreationError } from '../keys/creation-error';
import { createKey } from '../keys/key-api';
import { EMPTY_FORM, EXPIRY_CHOICES, newKeyBodyOf, type KeyForm } from '../keys/key-form';
import { useKeyMutation } from '../keys/key-queries';
import { SharedLink } from './shared-link';

export interface ShareDialogProps {
  readonly bucketId: string;
  readonly bucketName: string;
  /** The data source of the screen, which alone is shared at first. */
  readonly sourceId?: string | undefined;
  readonly onClose: () => void;
}

const DAYS = EXPIRY_CHOICES.filter(({ value }) => value !== 'on');

/** Makes a new Read key with an end, and shows a link with it once. The link opens what the screen shows now. */
export function ShareDialog({ bucketId, bucketName, sourceId = '', onClose }: ShareDialogProps) {
  const [place] = useState(() => readHash(location.hash));
  const [form, setForm] = useState<KeyForm>({
    ...EMPTY_FORM,
    ...{ type: 'read', bucketId, name: `Shared: ${bucketName}`.slice(0, 100), expires: '30', selfRotation: false },
    dataSourceId: showsOthers(place.search) ? '' : sourceId,
  });
  const change = (changes: Partial<KeyForm>) => setForm({ ...form, ...changes });
  const { rows: sources } = useSources(bucketId);
  const { mutate, isPending, error, data } = useSharing();
  const problem = error instanceof ApiProblem ? error : undefined;
  const sourceName = sources.find(({ _id }) => _id === form.dataSourceId)?.name;

  const submit = () => {
    mutate(form);
  };

  if (data) return <SharedLink apiKey={data} place={place} {...{ bucketName, sourceName }} onStored={onClose} />;
  return (
    <FormDialog title="Share" onClose={onClose} action="Create link" onSubmit={submit} isBusy={isPending}>
      <p>
        Everyone who has the link can look, and change nothing. It makes a new Read key, which you can revoke in Keys at
        any time.
      </p>
      <SelectField
        label="They see"
        options={[
          { value: '', label: `all data sources of ${bucketName}` },
          ...sources.map(({ _id, name }) => ({ value: _id, label: `only ${name}` })),
        ]}
        value={form.dataSourceId}
        onChange={({ target }) => change({ dataSourceId: target.value })}
        hint="All of its data, past and future, whatever this page shows now."
      />
      <SelectField
        label="The link expires"
        options={DAYS}
        value={form.expires}
        onChange={({ target }) => change({ expires: target.value })}
      />
      <Fold label="More" isOpen={['allowedIps', 'name'].some((field) => problem?.messageOf(field) !== undefined)}>
        <TextField
          label="Name of the key"
          required
          maxLength={100}
          value={form.name}
          onChange={({ target }) => change({ name: target.value })}
          error={problem?.messageOf('name')}
        />
        <TextArea
          label="Only from these addresses"
          rows={2}
          placeholder="192.168.1.0/24"
          hint="Empty: from everywhere."
          value={form.addresses}
          onChange={({ target }) => change({ addresses: target.value })}
          error={problem?.messageOf('allowedIps')}
        />
      </Fold>
      {isOwnMachine(location.hostname) && (
        <Notice tone="warn">
          You opened the console at {location.hostname}, and so would the link: it works on this computer only. Open the
          console by an address that others can reach, and share from there.
        </Notice>
      )}
      {isReadableOnTheWay() && (
        <Notice tone="warn">Over plain HTTP, others in the same network can read the key while it is used.</Notice>
      )}
      {error && <CreationError error={error} />}
    </FormDialog>
  );
}

/** Whether the chart of the screen has other data sources too, which a key of one could not read. */
function showsOthers(search: string): boolean {
  return Boolean(new URLSearchParams(search).get('with'));
}

function useSharing() {
  const last = useRef<{ readonly form: KeyForm; readonly retryId: string; readonly at: number }>(undefined);
  return useKeyMutation((form: KeyForm) => {
    if (last.current?.form !== form) last.current = { form, retryId: newRetryId(), at: Date.now() };
    const { retryId, at } = last.current;
    return createKey(form.bucketId, newKeyBodyOf(form, at), retryId);
  });
}
