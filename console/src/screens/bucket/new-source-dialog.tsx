import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Api } from '../../api/client';
import { CreateDialog } from '../../components/create-dialog';
import { BUCKETS } from '../buckets/bucket-queries';
import { FieldRows } from './field-rows';
import { fieldProblem, NO_FIELD, schemaOf, type NewField } from './new-fields';
import type { Source } from './source-queries';

interface NewSourceDialogProps {
  readonly bucketId: string;
  readonly onCreated: (source: Source) => void;
  readonly onClose: () => void;
}

/** Creates a data source with its fields. */
export function NewSourceDialog({ bucketId, onCreated, onClose }: NewSourceDialogProps) {
  const [name, setName] = useState('');
  const [fields, setFields] = useState<readonly NewField[]>([NO_FIELD]);
  const [wasSent, setWasSent] = useState(false);
  const { mutate, isPending, error } = useCreateSource(bucketId);
  const isBegun = name !== '' || fields.some((field) => field.name !== '');

  const submit = () => {
    setWasSent(true);
    if (fields.some((field) => fieldProblem(field, fields) !== undefined)) return;
    mutate({ name, schema: schemaOf(fields) }, { onSuccess: ({ dataSource }) => onCreated(dataSource) });
  };

  return (
    <CreateDialog
      title="New data source"
      isBusy={isPending}
      onName={setName}
      onSubmit={submit}
      {...{ name, error, isBegun, onClose }}
    >
      <FieldRows
        fields={fields}
        onChange={setFields}
        problemOf={(field) => (wasSent ? fieldProblem(field, fields) : undefined)}
      />
    </CreateDialog>
  );
}

function useCreateSource(bucketId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Api<'CreateSourceBody'>) =>
      answer(api.POST('/api/buckets/{bucketId}/sources', { params: { path: { bucketId } }, body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: BUCKETS }),
  });
}
