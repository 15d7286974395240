import { useMemo, useRef, useState } from 'react';
import { ApiProblem, problemOf } from '../../api/problem';
import { sendWithKey } from '../../api/send';
import { SERVER_URL } from '../../api/server';
import { FormDialog } from '../../components/form-dialog';
import { SelectField, TextArea, TextField } from '../../components/field';
import { OnceDialog } from '../../components/once-dialog';
import { counted } from '../../lib/numbers';
import { newRetryId } from '../../lib/retry-id';
import { CreationError } from './creation-error';
import { keyTableOf, lineProblemsOf } from './key-csv';
import { useBucketNames, useKeyMutation } from './key-queries';
import { KeyTablePreview } from './key-table-preview';
import { keyFileName } from './key-file-name';
import { bucketOptions } from './keys-toolbar';

/** 500 keys with every field need less. */
const MAX_FILE_BYTES = 2_000_000;
const EXAMPLE = 'name,type\nESP32-001 Living room,write\nDashboard,read';

interface BulkDialogProps {
  readonly bucketId?: string | undefined;
  readonly onClose: () => void;
}

/** Creates up to 500 keys of a bucket from a table, all or none, and shows them once. */
export function BulkDialog({ bucketId = '', onClose }: BulkDialogProps) {
  const { names, isNone } = useBucketNames();
  const buckets = bucketOptions(names, bucketId || undefined);
  const [chosen, setChosen] = useState(bucketId);
  const [text, setText] = useState('');
  const [isTooLarge, setTooLarge] = useState(false);
  const table = useMemo(() => keyTableOf(text), [text]);
  const { mutate, isPending, error, data, reset } = useBulkCreation();
  const bucket = chosen || (buckets[0]?.value ?? '');
  const refused = error instanceof ApiProblem ? lineProblemsOf(error.details, table.rows) : [];
  const problems = [...table.problems, ...refused];

  const change = (to: string) => {
    reset();
    setText(to);
  };
  const readFile = async (file: File | undefined) => {
    setTooLarge((file?.size ?? 0) > MAX_FILE_BYTES);
    if (file && file.size <= MAX_FILE_BYTES) change(await file.text());
  };
  const submit = () => {
    mutate({ bucketId: bucket, text });
  };

  if (data !== undefined)
    return (
      <OnceDialog
        title={`${counted(table.rows.length, 'new key')} of ${names.get(bucket) ?? 'the bucket'}`}
        label="Keys"
        secret={data.trimEnd()}
        fileName={keyFileName({ name: `keys-${names.get(bucket) ?? ''}` }, '.csv')}
        onStored={onClose}
      />
    );
  return (
    <FormDialog
      title="Keys from CSV"
      onClose={onClose}
      isWide
      action={table.rows.length === 0 ? 'Create' : `Create ${counted(table.rows.length, 'key')}`}
      onSubmit={submit}
      isBusy={isPending}
      isDisabled={table.rows.length === 0 || table.problems.length > 0 || bucket === ''}
    >
      <SelectField
        label="Bucket"
        required
        options={buckets}
        value={bucket}
        onChange={({ target }) => setChosen(target.value)}
        hint={isNone ? 'There is no bucket yet: create one first.' : undefined}
      />
      <TextField
        label="File"
        type="file"
        className="file-input"
        accept=".csv,text/csv,text/plain"
        onChange={({ target }) => void readFile(target.files?.[0])}
        hint="Or paste the table below."
        error={isTooLarge ? 'This file has more than 2 MB: at most 500 keys can be created at once' : undefined}
      />
      <TextArea
        label="Table"
        rows={5}
        className="keys-csv"
        placeholder={EXAMPLE}
        spellCheck={false}
        value={text}
        onChange={({ target }) => change(target.value)}
        hint="Columns: name and type, and if wanted expiresAt, allowedIps, rateLimit, quota, writeOnly, dataSourceId, metadata."
      />
      <KeyTablePreview table={table} problems={problems} />
      {error && <CreationError error={error} />}
    </FormDialog>
  );
}

/** Creates the keys of a table. The same table again, after a reply that was lost, creates none twice. */
function useBulkCreation() {
  const last = useRef<{ readonly text: string; readonly retryId: string }>(undefined);
  return useKeyMutation(async ({ bucketId, text }: { readonly bucketId: string; readonly text: string }) => {
    const wanted = `${bucketId}\n${text}`;
    if (last.current?.text !== wanted) last.current = { text: wanted, retryId: newRetryId() };
    const headers = { 'Content-Type': 'text/csv', Accept: 'text/csv', 'Idempotency-Key': last.current.retryId };
    const url = `${SERVER_URL}/api/buckets/${bucketId}/keys/bulk`;
    const response = await sendWithKey(new Request(url, { method: 'POST', headers, body: text }));
    if (!response.ok) throw problemOf(response, await response.json().catch(() => undefined));
    return response.text();
  });
}
