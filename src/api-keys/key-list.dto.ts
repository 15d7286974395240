import { KEY_TYPES, type KeyType } from '../auth/key-type';
import { ChoiceField, QueryNumberField, SearchField } from '../common/validation/fields';
import { CursorQuery } from '../common/pagination';
import { DAY_SECONDS } from './key-fields';
import { KEY_STATES, type KeyFilter, type KeyState } from './key-filter';

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

/** The query string of a list of keys. */
export class KeysQuery extends CursorQuery {
  @QueryNumberField(keyFilterFields.unusedForDays.bounds, keyFilterFields.unusedForDays.docs)
  readonly unusedForDays?: number;

  @keyFilterFields.state()
  readonly state?: KeyState;

  @keyFilterFields.type()
  readonly type?: KeyType;

  @keyFilterFields.q()
  readonly q?: string;
}

/** The filter of a request, with `unusedForDays` counted back from now. */
export function toFilter({ unusedForDays, state, type, q }: Omit<KeysQuery, keyof CursorQuery>): KeyFilter {
  const unusedSince = unusedForDays === undefined ? undefined : Date.now() - unusedForDays * DAY_SECONDS * 1000;
  return { state, type, q, unusedSince };
}
