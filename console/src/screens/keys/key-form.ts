import type { Key, KeyBody, KeyChange } from './key-types';

/** What a form of a key holds, as it was typed. */
export interface KeyForm {
  readonly name: string;
  readonly type: Key['type'];
  /** Empty for an Admin key. */
  readonly bucketId: string;
  /** A number of days, `on` for the time in `expiresOn`, or empty for never. */
  readonly expires: string;
  /** As `datetime-local` has it: `2026-11-28T15:40`, in the time zone of the browser. */
  readonly expiresOn: string;
  readonly writeOnly: boolean;
  readonly dataSourceId: string;
  readonly addresses: string;
  readonly rateLimit: string;
  readonly rateSeconds: string;
  readonly quota: string;
  readonly quotaPer: string;
  /** Lines such as `room=kitchen`. */
  readonly metadata: string;
  readonly selfRotation: boolean;
  readonly enabled: boolean;
}

export const EXPIRY_CHOICES = [
  { value: '', label: 'never' },
  { value: '1', label: 'in 1 day' },
  { value: '7', label: 'in 7 days' },
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in 1 year' },
  { value: 'on', label: 'on a date …' },
];

export const EMPTY_FORM: KeyForm = {
  ...{ name: '', type: 'write', bucketId: '', expires: '', expiresOn: '', writeOnly: false, dataSourceId: '' },
  ...{ addresses: '', rateLimit: '', rateSeconds: '60', quota: '', quotaPer: 'day', metadata: '' },
  ...{ selfRotation: true, enabled: true },
};

/** The form of a key as it is. */
export function formOf(key: Key): KeyForm {
  const { name, type, bucketId, expiresAt, allowedIps = [], rateLimit, quota, metadata = {}, enabled = true } = key;
  return {
    ...EMPTY_FORM,
    ...{ name, type, bucketId: bucketId ?? '', enabled },
    expires: expiresAt === undefined ? '' : 'on',
    expiresOn: expiresAt === undefined ? '' : localText(Date.parse(expiresAt)),
    addresses: allowedIps.join('\n'),
    rateLimit: rateLimit ? String(rateLimit.limit) : '',
    rateSeconds: rateLimit ? String(rateLimit.windowSeconds) : '60',
    quota: quota ? String(quota.limit) : '',
    quotaPer: quota?.per ?? 'day',
    metadata: Object.entries(metadata)
      .map(([field, value]) => `${field}=${value}`)
      .join('\n'),
  };
}

/** The body that creates the key of a form. @param now from when days count */
export function newKeyBodyOf(form: KeyForm, now: number): KeyBody {
  const { name, type, writeOnly, dataSourceId, selfRotation, enabled } = form;
  const bounds = Object.fromEntries(Object.entries(boundsOf(form, now)).filter(([, value]) => value !== null));
  const more = { ...bounds, ...(!selfRotation && { selfRotation }), ...(!enabled && { enabled }) };
  if (type === 'admin') return { name, type, ...more };
  return {
    name,
    type,
    ...more,
    ...(dataSourceId && { dataSourceId }),
    ...(writeOnly && type === 'write' && { writeOnly }),
  };
}

const FORM_FIELDS: Readonly<Record<string, readonly (keyof KeyForm)[]>> = {
  expiresAt: ['expires', 'expiresOn'],
  allowedIps: ['addresses'],
  rateLimit: ['rateLimit', 'rateSeconds'],
  quota: ['quota', 'quotaPer'],
  metadata: ['metadata'],
};

/** What a form changes of a key. What was not touched is left out. */
export function changesOf(form: KeyForm, key: Key, now: number): KeyChange {
  const before = formOf(key);
  const isTouched = (field: keyof KeyForm) => form[field] !== before[field];
  const bounds = Object.entries(boundsOf(form, now)).filter(([field]) => FORM_FIELDS[field]?.some(isTouched));
  return { ...(isTouched('name') && { name: form.name }), ...Object.fromEntries(bounds) };
}

/** What is wrong with the lines of metadata, if anything. */
export function metadataProblem(text: string): string | undefined {
  const wrong = linesOf(text).find((line) => line.indexOf('=') < 1);
  return wrong === undefined ? undefined : `“${wrong}” is not a name and a value. Write name=value`;
}

/** The restrictions that every key can have. Null: none. */
function boundsOf(form: KeyForm, now: number) {
  const { addresses, rateLimit, rateSeconds, quota, quotaPer, metadata } = form;
  const allowedIps = addresses.split(/[\s,;]+/).filter(Boolean);
  const entries = linesOf(metadata).map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()] as const;
  });
  return {
    expiresAt: expiryOf(form, now),
    allowedIps: allowedIps.length > 0 ? allowedIps : null,
    rateLimit: rateLimit.trim() ? { limit: Number(rateLimit), windowSeconds: Number(rateSeconds) } : null,
    quota: quota.trim()
      ? { limit: Number(quota), per: quotaPer === 'month' ? ('month' as const) : ('day' as const) }
      : null,
    metadata: entries.length > 0 ? Object.fromEntries(entries) : null,
  };
}

const DAY_MILLIS = 86_400_000;

function expiryOf({ expires, expiresOn }: KeyForm, now: number): string | null {
  if (expires === '') return null;
  if (expires !== 'on') return new Date(now + Number(expires) * DAY_MILLIS).toISOString();
  const at = new Date(expiresOn);
  // The server says what is missing.
  return Number.isNaN(at.getTime()) ? expiresOn : at.toISOString();
}

function localText(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
