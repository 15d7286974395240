import { useState, type SubmitEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { Button } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { TextField } from '../../components/field';
import { Notice } from '../../components/notice';
import type { Source } from '../bucket/source-queries';
import { valueOf } from './typed-value';

interface TestPointProps {
  /** The only data source that the key can access, if there is one. */
  readonly boundTo: string | null;
  /** The data source to begin with. */
  readonly source: Source | undefined;
}

/** Stores one value now. */
export function TestPoint({ boundTo, source }: TestPointProps) {
  const [sourceId, setSourceId] = useState(boundTo ?? source?._id ?? '');
  const [field, setField] = useState(Object.keys(source?.schema ?? {})[0] ?? '');
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
