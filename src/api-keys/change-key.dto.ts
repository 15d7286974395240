import { problemOf, ValidationError } from '../common/errors';
import {
  AddressesField,
  BooleanField,
  FutureTimeField,
  MetadataField,
  ObjectField,
  QueryBooleanField,
  TextField,
  WholeNumberField,
} from '../common/validation/fields';
import { RequestExamples } from '../common/openapi/openapi';
import { RETIRE_NEEDS_GRACE } from './api-keys.errors';
import { DAY_SECONDS, keyBounds, keyDocs, NAME, QuotaFields, RateLimitFields } from './key-fields';
import type { RotationOptions } from './key-rotation';

@RequestExamples({
  'Disable a key': { enabled: false },
  'Remove its expiry': { expiresAt: null },
  'Allow one network only': { allowedIps: ['10.0.0.0/8'] },
})
export class UpdateKeyBody {
  @TextField({ ...NAME, required: false }, keyDocs.name)
  readonly name?: string;

  @BooleanField(keyBounds.enabled, keyDocs.enabled)
  readonly enabled?: boolean;

  @FutureTimeField({ ...keyBounds.expiresAt, clearable: true }, keyDocs.expiresAt)
  readonly expiresAt?: number | null;

  @AddressesField({ ...keyBounds.allowedIps, clearable: true }, keyDocs.allowedIps)
  readonly allowedIps?: readonly string[] | null;

  @ObjectField(RateLimitFields, { ...keyBounds.rateLimit, clearable: true }, keyDocs.rateLimit)
  readonly rateLimit?: RateLimitFields | null;

  @ObjectField(QuotaFields, { ...keyBounds.quota, clearable: true }, keyDocs.quota)
  readonly quota?: QuotaFields | null;

  @MetadataField({ ...keyBounds.metadata, clearable: true }, keyDocs.metadata)
  readonly metadata?: Readonly<Record<string, string>> | null;
}

/** Whether a change applies to all keys that the key was rotated into. */
export function LineField(): PropertyDecorator {
  const description = 'Whether the change also applies to all active keys that this key was rotated into';
  return QueryBooleanField({ label: 'line' }, { description, default: false });
}

/** The query string of a change of one key. */
export class LineQuery {
  @LineField()
  readonly line?: boolean;
}

/** The field for how long the old key stays valid. */
export const graceDocs = [
  { label: 'gracePeriodSeconds', least: 0, most: 30 * DAY_SECONDS },
  { description: 'How long the old key stays valid', default: DAY_SECONDS, example: DAY_SECONDS },
] as const;
/** The field that retires the old key when the new one is first used. */
export const retireDocs = [
  { label: 'retireOnFirstUse' },
  { description: 'Whether the old key expires as soon as the new one is used', default: false, example: true },
] as const;

@RequestExamples({
  'Keep the old key valid for a day': { gracePeriodSeconds: DAY_SECONDS },
  'Expire the old key when the new one is used': { retireOnFirstUse: true },
  'Expire the old key at once': { gracePeriodSeconds: 0 },
})
export class RotateKeyBody {
  @WholeNumberField(...graceDocs)
  readonly gracePeriodSeconds?: number;

  @BooleanField(...retireDocs)
  readonly retireOnFirstUse?: boolean;
}

/** @throws ValidationError for fields that contradict each other */
export function toRotationOptions(body: RotateKeyBody, where: 'body' | 'query' = 'body'): RotationOptions {
  const { gracePeriodSeconds = DAY_SECONDS, retireOnFirstUse = false } = body;
  if (retireOnFirstUse && gracePeriodSeconds === 0)
    throw new ValidationError([problemOf(RETIRE_NEEDS_GRACE, [where, 'retireOnFirstUse'])]);
  return { gracePeriodSeconds, retireOnFirstUse };
}
