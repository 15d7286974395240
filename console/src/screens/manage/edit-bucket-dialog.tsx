import { useState } from 'react';
import { answer, api, type Api } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { ErrorNotice } from '../../components/error-notice';
import { Checkbox, SelectField, TextField } from '../../components/field';
import { FormDialog } from '../../components/form-dialog';
import { counted } from '../../lib/numbers';
import { RETENTION } from '../buckets/retention';
import { useEdit } from './manage-queries';

interface EditBucketDialogProps {
  readonly bucket: Api<'BucketDetails'>;
  readonly onClose: () => void;
}

/** Changes what a bucket is called, how long it keeps points, and whether it accepts them. */
export function EditBucketDialog({ bucket, onClose }: EditBucketDialogProps) {
  // The new name is there before the dialog is closed.
  const [title] = useState(`Edit ${bucket.name}`);
  const [name, setName] = useState(bucket.name);
  const [description, setDescription] = useState(bucket.description);
  const saved = daysText(bucket.retentionDays);
  const [retention, setRetention] = useState(saved);
  const [isArchived, setArchived] = useState(bucket.status === 'archived');
  const { mutate, isPending, error } = useEdit((body: Api<'UpdateBucketBody'>) =>
    answer(api.PATCH('/api/buckets/{bucketId}', { params: { path: { bucketId: bucket._id } }, body })),
  );
  const problem = error instanceof ApiProblem ? error : undefined;
  const submit = () => {
    const retentionDays = retention === '' ? null : Number(retention);
    const status = isArchived ? 'archived' : 'active';
    mutate({ name, description, retentionDays, status }, { onSuccess: onClose });
  };
  return (
    <FormDialog title={title} action="Save" onSubmit={submit} isBusy={isPending} onClose={onClose}>
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
        error={problem?.messageOf('name')}
      />
      <TextField
        label="Description"
        maxLength={500}
        value={description}
        onChange={({ target }) => setDescription(target.value)}
      />
      <SelectField
        label="Keep points"
        options={withSaved(saved)}
        value={retention}
        onChange={({ target }) => setRetention(target.value)}
        hint={
          isShorter(retention, saved)
            ? 'Older points are hidden at once, and erased after at least 24 hours.'
            : undefined
        }
      />
      <Checkbox
        label="Archived"
        hint="It can be read, and refuses new points."
        checked={isArchived}
        onChange={({ target }) => setArchived(target.checked)}
      />
      {error && <ErrorNotice error={error} />}
    </FormDialog>
  );
}

function daysText(days: number | null): string {
  return days === null ? '' : String(days);
}

/** The choices, and among them the days that were set in another way. */
function withSaved(saved: string) {
  if (RETENTION.some(({ value }) => value === saved)) return RETENTION;
  return [...RETENTION, { value: saved, label: counted(Number(saved), 'day') }];
}

function isShorter(days: string, saved: string): boolean {
  return days !== '' && (saved === '' || Number(days) < Number(saved));
}
