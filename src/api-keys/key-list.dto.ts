import { KEY_TYPES, type KeyType } from '../auth/key-type';
import { SortField, type ListSort } from '../common/list-order';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { CursorQuery } from '../common/pagination';
import { ChoiceField, IdField, QueryNumberField, SearchField } from '../common/validation/fields';
import { DAY_SECONDS } from './key-fields';
import { KEY_STATES, type KeyFilter, type KeyState } from './key-filter';
import type { KeyListScope } from './key-finder';

const UNUSED_FOR_DAYS = { label: 'unusedForDays', least: 1, most: 3650 };

/** The fields of a key filter, for a query string and for a body. */
export const keyFilterFields = {
  state: () =>
    ChoiceField(
      {
        values: KEY_STATES,
        required: false,
        message: "state must be 'active', 'expired', 'disabled', 'replaced' or 'all'",
      },
      {
        description:
          'Only keys in this state. `active` keys are accepted now, including rotated keys in their grace period. `replaced` keys ' +
          'were rotated into another key. All other keys are `disabled`, or enabled and `expired`',
        example: 'active',
      },
    ),
  type: () =>
    ChoiceField(
      { values: KEY_TYPES, required: false, message: "type must be 'admin', 'write' or 'read'" },
      { description: 'Only keys of this type', example: 'write' },
    ),
  q: () =>
    SearchField(
      { label: 'q' },
      {
        description: 'Only keys whose name contains this text, or whose `keyPrefix` starts with it. Ignores case',
        example: 'living room',
      },
    ),
  unusedForDays: {
    bounds: UNUSED_FOR_DAYS,
    docs: { description: 'Only keys that were neither created nor used for this many days', example: 30 },
  },
};

/** The query string of every list of keys. */
class AnyKeysQuery extends CursorQuery {
  @QueryNumberField(keyFilterFields.unusedForDays.bounds, keyFilterFields.unusedForDays.docs)
  readonly unusedForDays?: number;

  @keyFilterFields.state()
  readonly state?: KeyState;

  @keyFilterFields.q()
  readonly q?: string;

  @SortField(['name', 'lastUsedAt'])
  readonly sort?: ListSort;

  @ChoiceField(
    { values: ['sessions'], required: false, message: "include must be 'sessions'" },
    { description: 'Whether the list also contains the session keys that were opened with these keys' },
  )
  readonly include?: 'sessions';
}

/** The query string of the list of a bucket's keys. */
export class KeysQuery extends AnyKeysQuery {
  @keyFilterFields.type()
  readonly type?: KeyType;
}

const TYPES_OR_ALL = [...KEY_TYPES, 'all'] as const;

/** The query string of a list of all keys of the organization. */
export class OrganizationKeysQuery extends AnyKeysQuery {
  @ChoiceField(
    { values: TYPES_OR_ALL, required: false, message: "type must be 'admin', 'write', 'read' or 'all'" },
    {
      description:
        'Only keys of this type. Default: `admin`, and `all` with `bucketId`. Write and Read keys are those of buckets',
      example: 'all',
    },
  )
  readonly type?: (typeof TYPES_OR_ALL)[number];

  @IdField('bucket ID', EXAMPLE_IDS.bucket, { required: false, description: 'Only keys of this bucket' })
  readonly bucketId?: string;
}

/** The keys that a request lists, and the filter for them. */
export function toListing(
  organizationId: string,
  { type: wanted, bucketId, ...query }: OrganizationKeysQuery,
  typeByDefault: 'admin' | 'all' = bucketId === undefined ? 'admin' : 'all',
): { readonly scope: KeyListScope; readonly filter: KeyFilter } {
  const type = wanted ?? typeByDefault;
  const filter = toFilter({ ...query, type: type === 'all' ? undefined : type });
  if (bucketId !== undefined) return { scope: { organizationId, bucketId }, filter };
  return type === 'admin'
    ? { scope: { organizationId, bucketId: null }, filter: { ...filter, type: undefined } }
    : { scope: { organizationId }, filter };
}

type Filtering = Pick<AnyKeysQuery, 'unusedForDays' | 'state' | 'q' | 'include'> & {
  readonly type?: KeyType | undefined;
};

/** The filter of a request, with `unusedForDays` counted back from now. */
export function toFilter({ unusedForDays, state, type, q, include }: Filtering): KeyFilter {
  const unusedSince = unusedForDays === undefined ? undefined : Date.now() - unusedForDays * DAY_SECONDS * 1000;
  return { state, type, q, unusedSince, sessions: include === 'sessions' };
}
