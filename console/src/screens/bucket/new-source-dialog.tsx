import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { FieldType } from '../../../../src/sources/schema';
import { answer, api, type Api } from '../../api/client';
import { Button } from '../../components/button';
import { CreateDialog } from '../../components/create-dialog';
import { SelectField, TextField } from '../../components/field';
import { BUCKETS } from '../buckets/bucket-queries';
import { FIELD_TYPES, fieldProblem, NO_FIELD, schemaOf, type NewField } from './new-fields';
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
  const change = (index: number, change: Partial<NewField>) =>
    setFields(fields.map((field, at) => (at === index ? { ...field, ...change } : field)));

  return (
    <CreateDialog
      title="New data source"
      isBusy={isPending}
      onName={setName}
      onSubmit={submit}
      {...{ name, error, isBegun, onClose }}
    >
      <fieldset className="new-source-fields">
        <legend className="field-label">Fields of its points</legend>
        {fields.map((field, index) => (
          <div key={index} className="new-source-field">
            <TextField
              label={`Name of field ${index + 1}`}
              isLabelUnseen
              required
              maxLength={64}
              placeholder={index === 0 ? 'temperature' : 'Name'}
              value={field.name}
              onChange={({ target }) => change(index, { name: target.value })}
              error={wasSent ? fieldProblem(field, fields) : undefined}
            />
            <SelectField
              label={`Type of field ${index + 1}`}
              isLabelUnseen
              value={field.type}
              options={FIELD_TYPES}
              onChange={({ target }) => change(index, { type: target.value as FieldType })}
            />
            <TextField
              label={`Unit of field ${index + 1}`}
              isLabelUnseen
              maxLength={20}
              placeholder="Unit"
              value={field.unit}
              onChange={({ target }) => change(index, { unit: target.value })}
            />
            <Button
              kind="quiet"
              icon="trash"
              aria-label={`Remove field ${index + 1}`}
              disabled={fields.length === 1}
              onClick={() => setFields(fields.filter((_, at) => at !== index))}
            />
          </div>
        ))}
        <div>
          <Button kind="quiet" icon="plus" onClick={() => setFields([...fields, NO_FIELD])}>
            Add a field
          </Button>
        </div>
      </fieldset>
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
