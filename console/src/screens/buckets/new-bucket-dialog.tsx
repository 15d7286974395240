import { useState } from 'react';
import { ApiProblem } from '../../api/problem';
import { CreateDialog } from '../../components/create-dialog';
import { SelectField, TextField } from '../../components/field';
import { navigate } from '../../lib/hash-location';
import { useCreateBucket } from './bucket-queries';
import { RETENTION } from './retention';

/** Creates a bucket and opens it. */
export function NewBucketDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [retention, setRetention] = useState('');
  const { mutate, isPending, error } = useCreateBucket();
  const problem = error instanceof ApiProblem ? error : undefined;

  const submit = () => {
    const body = { name, description, retentionDays: retention === '' ? null : Number(retention) };
    mutate(body, { onSuccess: ({ bucket }) => navigate(`/buckets/${bucket._id}`) });
  };

  return (
    <CreateDialog
      title="New bucket"
      isBegun={name !== '' || description !== ''}
      isBusy={isPending}
      onName={setName}
      onSubmit={submit}
      {...{ name, error, onClose }}
    >
      <TextField
        label="Description"
        maxLength={500}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
        error={problem?.messageOf('description')}
      />
      <SelectField
        label="Keep points"
        options={RETENTION}
        value={retention}
        onChange={(event) => setRetention(event.target.value)}
        hint={retention === '' ? undefined : 'Older points are deleted.'}
      />
    </CreateDialog>
  );
}
