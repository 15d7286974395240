import { KEY_TYPES, type KeyType } from '../auth/key-type';
import { ChoiceField, QueryNumberField, SearchField } from '../common/validation/fields';
import { CursorQuery } from '../common/pagination';
import { DAY_SECONDS } from './key-fields';
import { KEY_STATES, type KeyFilter, type KeyState } from './key-filter';

const UNUSED_FOR_DAYS = { label: 'unusedForDays', least: 1, most: 3650 };

/** How keys are chosen, in a query string and in a body. */
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
          'Only keys in this state. `active` ones open now, those in the grace period of a rotation too. `replaced` ones were ' +
          'rotated into another key. Of the others, `disabled` ones are not enabled, and `expired` ones are past their end',
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
        description:
          'Only keys whose name contains this text, or whose `keyPrefix` begins with it, in upper or lower case',
        example: 'living room',
      },
    ),
  unusedForDays: {
    bounds: UNUSED_FOR_DAYS,
    docs: { description: 'Only keys that were neither made nor used for this many days', example: 30 },
  },
};

/** What a list of keys takes in its query string. */
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

/** What a request asks for, with the moment that `unusedForDays` means now. */
export function toFilter({ unusedForDays, state, type, q }: Omit<KeysQuery, keyof CursorQuery>): KeyFilter {
  const unusedSince = unusedForDays === undefined ? undefined : Date.now() - unusedForDays * DAY_SECONDS * 1000;
  return { state, type, q, unusedSince };
}
