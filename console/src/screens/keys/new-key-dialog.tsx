import { useRef, useState } from 'react';
import { ApiProblem } from '../../api/problem';
import { FormDialog } from '../../components/form-dialog';
import { Checkbox, SelectField, TextField } from '../../components/field';
import { Fold } from '../../components/fold';
import { OnceDialog } from '../../components/once-dialog';
import { newRetryId } from '../../lib/retry-id';
import { useSources } from '../bucket/source-queries';
import { CreationError } from './creation-error';
import { createKey } from './key-api';
import { ExpiryFields, LimitFields } from './key-fields';
import { keyFileName } from './key-file-name';
import { EMPTY_FORM, metadataProblem, newKeyBodyOf, type KeyForm } from './key-form';
import { useBucketNames, useKeyMutation } from './key-queries';
import { bucketOptions } from './keys-toolbar';
import { typeOf } from './typed';

const TYPES = [
  { value: 'write', label: 'Write: stores data of a bucket' },
  { value: 'read', label: 'Read: shows data of a bucket' },
  { value: 'admin', label: 'Admin: everything, in every bucket' },
];
const RESTRICTION_FIELDS = ['allowedIps', 'rateLimit', 'quota', 'metadata', 'dataSourceId', 'writeOnly'];

interface NewKeyDialogProps {
  /** The bucket that is chosen at first. */
  readonly bucketId?: string | undefined;
  readonly onClose: () => void;
}

/** Creates a key, and shows it once. */
export function NewKeyDialog({ bucketId = '', onClose }: NewKeyDialogProps) {
  const { names, isNone } = useBucketNames();
  const buckets = bucketOptions(names, bucketId || undefined);
  const [typed, setForm] = useState<KeyForm>({ ...EMPTY_FORM, bucketId });
  const form = { ...typed, bucketId: typed.bucketId || (buckets[0]?.value ?? '') };
  const change = (changes: Partial<KeyForm>) => setForm({ ...typed, ...changes });
  const { mutate, isPending, error, data } = useCreation();
  const problem = error instanceof ApiProblem ? error : undefined;
  const isAdmin = form.type === 'admin';

  const submit = () => {
    if (metadataProblem(form.metadata) === undefined) mutate(form);
  };

  if (data)
    return (
      <OnceDialog title={data.name} label="Key" secret={data.key} fileName={keyFileName(data)} onStored={onClose}>
        <p className="muted">
          Send it in the header <code>X-API-Key</code>.
        </p>
      </OnceDialog>
    );
  return (
    <FormDialog title="New key" onClose={onClose} action="Create" onSubmit={submit} isBusy={isPending}>
      <TextField
        label="Name"
        required
        maxLength={100}
        placeholder="Living room sensor"
        hint="What uses it. One key for each device, so that each can be revoked alone."
        value={form.name}
        onChange={({ target }) => change({ name: target.value })}
        error={problem?.messageOf('name')}
      />
      <SelectField
        label="Type"
        options={TYPES}
        value={form.type}
        onChange={({ target }) => change({ type: typeOf(target.value), dataSourceId: '', writeOnly: false })}
      />
      {!isAdmin && (
        <SelectField
          label="Bucket"
          required
          options={buckets}
          value={form.bucketId}
          onChange={({ target }) => change({ bucketId: target.value, dataSourceId: '' })}
          hint={isNone ? 'There is no bucket yet: create one first.' : undefined}
        />
      )}
      <ExpiryFields {...{ form, change, problem }} />
      <Fold
        label="Restrictions and labels"
        isOpen={RESTRICTION_FIELDS.some((field) => problem?.messageOf(field) !== undefined)}
      >
        {!isAdmin && form.bucketId !== '' && <FixedFields {...{ form, change }} />}
        <LimitFields {...{ form, change, problem }} />
        <Checkbox
          label="It cannot rotate itself"
          hint="For a key that several devices share. It cannot be changed later."
          checked={!form.selfRotation}
          onChange={({ target }) => change({ selfRotation: !target.checked })}
        />
        <Checkbox
          label="Create it disabled"
          checked={!form.enabled}
          onChange={({ target }) => change({ enabled: !target.checked })}
        />
      </Fold>
      {error && <CreationError error={error} />}
    </FormDialog>
  );
}

/** Restrictions that a key has from its creation on. */
function FixedFields({ form, change }: { readonly form: KeyForm; readonly change: (to: Partial<KeyForm>) => void }) {
  const { rows: sources } = useSources(form.bucketId);
  return (
    <>
      {form.type === 'write' && (
        <Checkbox
          label="Write only"
          hint="It stores points and reads nothing: for devices that strangers can open. It cannot be changed later."
          checked={form.writeOnly}
          onChange={({ target }) => change({ writeOnly: target.checked })}
        />
      )}
      <SelectField
        label="Data source"
        options={[
          { value: '', label: 'all of the bucket' },
          ...sources.map(({ _id, name }) => ({ value: _id, label: `only ${name}` })),
        ]}
        value={form.dataSourceId}
        onChange={({ target }) => change({ dataSourceId: target.value })}
        hint="It cannot be changed later."
      />
    </>
  );
}

/** Creates the key of a form. The same form again, after a reply that was lost, does not create a second key. */
function useCreation() {
  const last = useRef<{ readonly text: string; readonly retryId: string; readonly at: number }>(undefined);
  return useKeyMutation((form: KeyForm) => {
    const text = JSON.stringify(form);
    if (last.current?.text !== text) last.current = { text, retryId: newRetryId(), at: Date.now() };
    const { retryId, at } = last.current;
    return createKey(form.type === 'admin' ? null : form.bucketId, newKeyBodyOf(form, at), retryId);
  });
}
