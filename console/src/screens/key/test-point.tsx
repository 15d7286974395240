import { useState, type SubmitEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { Button } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { TextField } from '../../components/field';
import { Notice } from '../../components/notice';
import { valueOf } from './typed-value';

/** Stores one value now. @param boundTo the only data source that the key can access, if there is one */
export function TestPoint({ boundTo }: { readonly boundTo: string | null }) {
  const [sourceId, setSourceId] = useState(boundTo ?? '');
  const [field, setField] = useState('');
  const [value, setValue] = useState('');
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/data', { body: { dataSourceId: sourceId.trim(), values: { [field]: valueOf(value) } } })),
  });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    mutate();
  };

  return (
    <form className="form key-test" onSubmit={submit}>
      {boundTo === null && (
        <TextField
          label="Data source ID"
          required
          value={sourceId}
          onChange={({ target }) => setSourceId(target.value)}
        />
      )}
      <TextField label="Field" required value={field} onChange={({ target }) => setField(target.value)} />
      <TextField
        label="Value"
        required
        value={value}
        onChange={({ target }) => setValue(target.value)}
        hint="A number, true or false, or text"
      />
      <div>
        <Button kind="primary" type="submit" isBusy={isPending}>
          Send
        </Button>
      </div>
      {error && <ErrorNotice error={error} />}
      {data && !error && (
        <Notice tone="ok" isUrgent>
          Stored: {field} {value}
        </Notice>
      )}
    </form>
  );
}
