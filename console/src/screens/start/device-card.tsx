import { useId, useState, type SubmitEvent } from 'react';
import type { FieldType } from '../../../../src/sources/schema';
import { ApiProblem } from '../../api/problem';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { ErrorNotice } from '../../components/error-notice';
import { SelectField, TextField } from '../../components/field';
import { FIELD_TYPES, fieldProblem, schemaOf } from '../bucket/new-fields';
import { useCreateDevice } from './start-queries';

const NEW = 'new';
/** Only numbers have the unit that is proposed for them. */
function withType<T extends { readonly unit: string }>(field: T, type: FieldType): T & { readonly type: FieldType } {
  return { ...field, type, unit: type === 'number' ? field.unit : '' };
}

interface DeviceCardProps {
  readonly buckets: readonly { readonly _id: string; readonly name: string; readonly status: string }[];
  /** The bucket to begin with, if one is named. */
  readonly bucketId: string;
  readonly onCreated: (device: { readonly bucketId: string; readonly sourceId: string }) => void;
}

/** Creates the data source of a device, and a bucket where there is none yet. */
export function DeviceCard({ buckets, bucketId, onCreated }: DeviceCardProps) {
  const form = useId();
  const active = buckets.filter(({ status }) => status === 'active');
  const [wanted, setWanted] = useState(bucketId);
  // A bucket that was created a moment ago, before the list was read again.
  const [created, setCreated] = useState<string>();
  const isThere = wanted === NEW || wanted === created || active.some(({ _id }) => _id === wanted);
  const chosen = isThere ? wanted : (active[0]?._id ?? NEW);
  const [bucketName, setBucketName] = useState('Home');
  const [name, setName] = useState('');
  const [field, setField] = useState({ name: 'temperature', type: 'number' as FieldType, unit: '°C' });
  const [wasSent, setWasSent] = useState(false);
  const { mutate, isPending, error } = useCreateDevice();
  const problem = error instanceof ApiProblem ? error : undefined;

  /** A second attempt does not create another bucket. */
  const keepBucket = (id: string) => {
    setCreated(id);
    setWanted(id);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setWasSent(true);
    if (fieldProblem(field, [field]) !== undefined) return;
    const device = { bucketName, source: { name, schema: schemaOf([field]) }, onBucket: keepBucket };
    mutate({ ...device, bucketId: chosen === NEW ? undefined : chosen }, { onSuccess: onCreated });
  };

  return (
    <Card title="Connect a device">
      <form id={form} className="form" onSubmit={submit}>
        <SelectField
          label="Bucket"
          hint="Holds the data of one home, one machine or one project"
          value={chosen}
          options={[
            ...active.map(({ _id, name: label }) => ({ value: _id, label })),
            ...(chosen === created && !active.some(({ _id }) => _id === chosen)
              ? [{ value: chosen, label: bucketName }]
              : []),
            { value: NEW, label: 'A new bucket' },
          ]}
          onChange={({ target }) => setWanted(target.value)}
        />
        {chosen === NEW && (
          <TextField
            label="Name of the bucket"
            required
            maxLength={100}
            value={bucketName}
            onChange={({ target }) => setBucketName(target.value)}
          />
        )}
        <TextField
          label="Name of the device"
          required
          maxLength={100}
          placeholder="Living room"
          value={name}
          onChange={({ target }) => setName(target.value)}
          error={problem?.messageOf('name')}
        />
        <fieldset className="start-field">
          <legend className="field-label">What it measures</legend>
          <TextField
            label="Name of the value"
            isLabelUnseen
            required
            maxLength={64}
            value={field.name}
            onChange={({ target }) => setField({ ...field, name: target.value })}
            error={wasSent ? fieldProblem(field, [field]) : undefined}
          />
          <SelectField
            label="Type of the value"
            isLabelUnseen
            value={field.type}
            options={FIELD_TYPES}
            onChange={({ target }) => setField(withType(field, target.value as FieldType))}
          />
          <TextField
            label="Unit of the value"
            isLabelUnseen
            maxLength={20}
            placeholder="Unit"
            value={field.unit}
            onChange={({ target }) => setField({ ...field, unit: target.value })}
          />
        </fieldset>
        {error && <ErrorNotice error={error} />}
        <div>
          <Button kind="primary" type="submit" isBusy={isPending}>
            Connect
          </Button>
        </div>
      </form>
    </Card>
  );
}
