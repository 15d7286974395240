import { useState } from 'react';
import { ApiProblem } from '../../api/problem';
import { FormDialog } from '../../components/form-dialog';
import { ErrorNotice } from '../../components/error-notice';
import { Checkbox, TextField } from '../../components/field';
import { useToast } from '../../components/toasts';
import { updateKey } from './key-api';
import type { KeyDialogProps } from './key-dialogs';
import { ExpiryFields, LimitFields } from './key-fields';
import { changesOf, formOf, metadataProblem, type KeyForm } from './key-form';
import { useKeyMutation } from './key-queries';

/** Changes the name and the restrictions of a key. What was not touched stays, whatever others change meanwhile. */
export function EditKeyDialog({ apiKey, onClose }: KeyDialogProps) {
  const toast = useToast();
  const [form, setForm] = useState<KeyForm>(() => formOf(apiKey));
  const [withLine, setWithLine] = useState(false);
  const change = (changes: Partial<KeyForm>) => setForm({ ...form, ...changes });
  const { mutate, isPending, error } = useKeyMutation(() =>
    updateKey(apiKey, changesOf(form, apiKey, Date.now()), withLine),
  );
  const problem = error instanceof ApiProblem ? error : undefined;

  const submit = () => {
    if (metadataProblem(form.metadata) !== undefined) return;
    // A request without changes is refused.
    if (Object.keys(changesOf(form, apiKey, 0)).length === 0) return onClose();
    mutate(undefined, {
      onSuccess: () => {
        toast('Saved');
        onClose();
      },
    });
  };

  return (
    <FormDialog title={`Edit ${apiKey.name}`} onClose={onClose} action="Save" onSubmit={submit} isBusy={isPending}>
      <TextField
        label="Name"
        required
        maxLength={100}
        value={form.name}
        onChange={({ target }) => change({ name: target.value })}
        error={problem?.messageOf('name')}
      />
      <ExpiryFields {...{ form, change, problem }} />
      <LimitFields {...{ form, change, problem }} />
      {apiKey.replacedBy !== undefined && (
        <Checkbox
          label="Also for the keys that it was rotated into"
          checked={withLine}
          onChange={({ target }) => setWithLine(target.checked)}
        />
      )}
      {error && <ErrorNotice error={error} />}
    </FormDialog>
  );
}
