import { useState, type SubmitEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { Button } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { SelectField, TextField } from '../../components/field';
import { Notice } from '../../components/notice';
import { Skeleton } from '../../components/skeleton';
import { useSources, type Source } from '../bucket/source-queries';
import { valueOf } from './typed-value';

interface TestPointProps {
  /** The only data source that the key can access, if there is one. */
  readonly boundTo: string | null;
  /** The data source to begin with. */
  readonly source: Source | undefined;
  /** Those that the key can list. Without any, an id is typed. */
  readonly known?: readonly Source[];
}

/** A test point for one of the data sources of a bucket, which the key can list. */
export function ListedTestPoint({ bucketId, source }: { readonly bucketId: string } & Pick<TestPointProps, 'source'>) {
  const { rows, isPending } = useSources(bucketId);
  if (isPending) return <Skeleton rows={3} />;
  return <TestPoint boundTo={null} source={source} known={rows} />;
}

/** Stores one value now. */
export function TestPoint({ boundTo, source, known = [] }: TestPointProps) {
  const first = source ?? known[0];
  const [sourceId, setSourceId] = useState(boundTo ?? first?._id ?? '');
  const [field, setField] = useState(Object.keys(first?.schema ?? {})[0] ?? '');
  const [value, setValue] = useState('');
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: () =>
      answer(api.POST('/api/data', { body: { dataSourceId: sourceId.trim(), values: { [field]: valueOf(value) } } })),
  });

  const fields = Object.keys(known.find(({ _id }) => _id === sourceId)?.schema ?? {});
  const choose = (id: string) => {
    setSourceId(id);
    setField(Object.keys(known.find(({ _id }) => _id === id)?.schema ?? {})[0] ?? '');
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    mutate();
  };

  return (
    <form className="form key-test" onSubmit={submit}>
      {known.length > 0 && (
        <SelectField
          label="Data source"
          value={sourceId}
          options={known.map(({ _id, name }) => ({ value: _id, label: name }))}
          onChange={({ target }) => choose(target.value)}
        />
      )}
      {boundTo === null && known.length === 0 && (
        <TextField
          label="Data source ID"
          required
          value={sourceId}
          onChange={({ target }) => setSourceId(target.value)}
        />
      )}
      {fields.length > 0 ? (
        <SelectField
          label="Field"
          value={field}
          options={fields.map((name) => ({ value: name, label: name }))}
          onChange={({ target }) => setField(target.value)}
        />
      ) : (
        <TextField label="Field" required value={field} onChange={({ target }) => setField(target.value)} />
      )}
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
