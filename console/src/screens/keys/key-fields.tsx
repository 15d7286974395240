import { SelectField, TextArea, TextField } from '../../components/field';
import type { ApiProblem } from '../../api/problem';
import { EXPIRY_CHOICES, metadataProblem, type KeyForm } from './key-form';

export interface KeyFieldsProps {
  readonly form: KeyForm;
  readonly change: (changes: Partial<KeyForm>) => void;
  readonly problem: ApiProblem | undefined;
}

/** Until when a key is accepted. */
export function ExpiryFields({ form, change, problem }: KeyFieldsProps) {
  return (
    <div className="keys-pair" data-wide>
      <SelectField
        label="Expires"
        options={EXPIRY_CHOICES}
        value={form.expires}
        onChange={({ target }) => change({ expires: target.value })}
      />
      {form.expires === 'on' && (
        <TextField
          label="At"
          type="datetime-local"
          step={1}
          required
          value={form.expiresOn}
          onChange={({ target }) => change({ expiresOn: target.value })}
          error={problem?.messageOf('expiresAt')}
        />
      )}
    </div>
  );
}

const PERIODS = [
  { value: 'day', label: 'day (UTC)' },
  { value: 'month', label: 'month (UTC)' },
];
const WINDOWS = [
  { value: '1', label: 'second' },
  { value: '60', label: 'minute' },
  { value: '3600', label: 'hour' },
  { value: '86400', label: 'day' },
];

/** Restrictions that can be changed later. */
export function LimitFields({ form, change, problem }: KeyFieldsProps) {
  const { addresses, rateLimit, rateSeconds, quota, quotaPer, metadata } = form;
  const isKnown = WINDOWS.some(({ value }) => value === rateSeconds);
  return (
    <>
      <TextArea
        label="Only from these addresses"
        rows={2}
        placeholder="192.168.1.20, 10.0.0.0/8"
        hint="IPv4 or IPv6 addresses and ranges. Empty: from everywhere."
        value={addresses}
        onChange={({ target }) => change({ addresses: target.value })}
        error={problem?.messageOf('allowedIps')}
      />
      <div className="keys-pair">
        <TextField
          label="Rate limit, requests"
          type="number"
          min={1}
          placeholder="no limit"
          value={rateLimit}
          onChange={({ target }) => change({ rateLimit: target.value })}
          error={problem?.messageOf('rateLimit')}
        />
        <SelectField
          label="in each"
          options={isKnown ? WINDOWS : [...WINDOWS, { value: rateSeconds, label: `${rateSeconds} seconds` }]}
          value={rateSeconds}
          onChange={({ target }) => change({ rateSeconds: target.value })}
        />
      </div>
      <div className="keys-pair">
        <TextField
          label="Quota, requests"
          type="number"
          min={1}
          placeholder="no quota"
          value={quota}
          onChange={({ target }) => change({ quota: target.value })}
          error={problem?.messageOf('quota')}
        />
        <SelectField
          label="in each"
          options={PERIODS}
          value={quotaPer}
          onChange={({ target }) => change({ quotaPer: target.value })}
        />
      </div>
      <TextArea
        label="Metadata"
        rows={2}
        placeholder="room=kitchen"
        hint="Labels of your own, one name=value in a line."
        value={metadata}
        onChange={({ target }) => change({ metadata: target.value })}
        error={metadataProblem(metadata) ?? problem?.messageOf('metadata')}
      />
    </>
  );
}
