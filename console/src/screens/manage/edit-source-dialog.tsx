import { useState } from 'react';
import { answer, api, type Api } from '../../api/client';
import { ApiProblem } from '../../api/problem';
import { ErrorNotice } from '../../components/error-notice';
import { Checkbox, TextField } from '../../components/field';
import { FormDialog } from '../../components/form-dialog';
import { FieldRows } from '../bucket/field-rows';
import { fieldProblem, type NewField } from '../bucket/new-fields';
import { fieldsOf, schemaChanges } from './changed-fields';
import { useEdit } from './manage-queries';

interface EditSourceDialogProps {
  readonly source: Api<'SourceDetails'>;
  readonly onClose: () => void;
}

/** Changes what a data source is called, the units of its fields, and whether it accepts points. Adds fields. */
export function EditSourceDialog({ source, onClose }: EditSourceDialogProps) {
  // The new name is there before the dialog is closed.
  const [title] = useState(`Edit ${source.name}`);
  const [name, setName] = useState(source.name);
  const [type, setType] = useState(source.type);
  const [description, setDescription] = useState(source.description);
  const [isArchived, setArchived] = useState(source.status === 'archived');
  const [existing] = useState(() => fieldsOf(source.schema));
  const [fields, setFields] = useState<readonly NewField[]>(existing);
  const [wasSent, setWasSent] = useState(false);
  // A field that line protocol made may have a name that a new field may not have.
  const problemOf = (field: NewField) =>
    fields.indexOf(field) < existing.length ? undefined : fieldProblem(field, fields);
  const path = { bucketId: source.bucketId, sourceId: source._id };
  const { mutate, isPending, error } = useEdit((body: Api<'UpdateSourceBody'>) =>
    answer(api.PATCH('/api/buckets/{bucketId}/sources/{sourceId}', { params: { path }, body })),
  );
  const problem = error instanceof ApiProblem ? error : undefined;
  const submit = () => {
    setWasSent(true);
    if (fields.some((field) => problemOf(field) !== undefined)) return;
    const schema = schemaChanges(source.schema, fields);
    const status = isArchived ? 'archived' : 'active';
    mutate({ name, type, description, status, ...(schema && { schema }) }, { onSuccess: onClose });
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
        label="Type"
        required
        maxLength={50}
        value={type}
        onChange={({ target }) => setType(target.value)}
        error={problem?.messageOf('type')}
      />
      <TextField
        label="Description"
        maxLength={500}
        value={description}
        onChange={({ target }) => setDescription(target.value)}
      />
      <FieldRows
        fields={fields}
        existing={existing.length}
        onChange={setFields}
        problemOf={(field) => (wasSent ? problemOf(field) : undefined)}
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
