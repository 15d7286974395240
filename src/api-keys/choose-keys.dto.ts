import type { KeyType } from '../auth/key-type';
import {
  BooleanField,
  IdsField,
  ObjectField,
  QueryBooleanField,
  QueryNumberField,
  WholeNumberField,
} from '../common/validation/fields';
import { problemOf, ValidationError, type Refusal } from '../common/errors';
import { BulkBody } from '../common/http/bulk-body';
import { CsvQuery } from '../common/http/csv-answer';
import { FromCsv } from '../common/http/csv-body';
import { RequestExamples } from '../common/openapi/openapi';
import { FILTER_EMPTY, KEYS_NOT_CHOSEN, ROTATION_TOLD_TWICE } from './api-keys.errors';
import { graceDocs, LineField, retireDocs, toRotationOptions } from './change-key.dto';
import { MOST_CHOSEN } from './key-choice';
import { KEY_COLUMNS } from './key-columns';
import { isRestrictive, type KeyFilter, type KeyState } from './key-filter';
import type { RotationOptions } from './key-rotation';
import { keyFilterFields, toFilter } from './key-list.dto';
import { KEY_ID, OTHER_KEY_ID } from './key-view-fields';

/** Which keys of a list are meant, as the list's query string says it. */
export class KeyFilterBody {
  @keyFilterFields.state()
  readonly state?: KeyState;

  @keyFilterFields.type()
  readonly type?: KeyType;

  @keyFilterFields.q()
  readonly q?: string;

  @WholeNumberField(keyFilterFields.unusedForDays.bounds, keyFilterFields.unusedForDays.docs)
  readonly unusedForDays?: number;
}

/** A table of keys: the answer of the bulk creation can be sent as it is. */
const TABLE = {
  columns: ['_id'],
  aliases: { id: '_id' },
  ignored: ['name', 'type', 'key', 'replaces', ...Object.keys(KEY_COLUMNS)],
  field: 'ids',
  most: MOST_CHOSEN,
  toItem: ({ _id }: Readonly<Record<string, unknown>>) => _id,
};

class ChosenKeysBody {
  @IdsField(
    { label: 'ids', most: MOST_CHOSEN, itemLabel: 'API key ID' },
    { description: `Up to ${MOST_CHOSEN} keys by their \`_id\``, example: [KEY_ID, OTHER_KEY_ID] },
  )
  readonly ids?: readonly string[];

  @ObjectField(
    KeyFilterBody,
    { label: 'filter', message: 'filter must be an object with state, type, q or unusedForDays' },
    { description: `Instead of \`ids\`: the keys to which all of this applies, ${MOST_CHOSEN} at most` },
  )
  readonly filter?: KeyFilterBody;
}

/** Keys to end, as JSON or as CSV with a column `_id`. */
@RequestExamples({
  'By their ids': { ids: [KEY_ID, OTHER_KEY_ID] },
  'Keys that have expired': { filter: { state: 'expired' } },
})
@BulkBody()
@FromCsv(TABLE)
export class RevokeManyKeysBody extends ChosenKeysBody {}

/** Keys to replace, as JSON or as CSV with a column `_id`. */
@RequestExamples({
  'By their ids': { ids: [KEY_ID, OTHER_KEY_ID] },
  'A fleet, each device in its own time': { filter: { q: 'ESP32' }, retireOnFirstUse: true },
})
@BulkBody()
@FromCsv(TABLE)
export class RotateManyKeysBody extends ChosenKeysBody {
  @WholeNumberField(...graceDocs)
  readonly gracePeriodSeconds?: number;

  @BooleanField(...retireDocs)
  readonly retireOnFirstUse?: boolean;
}

/** What the revocation of many keys takes in its query string. */
export class RevokeManyQuery extends CsvQuery {
  @LineField()
  readonly line?: boolean;
}

/** What the rotation of many keys takes in its query string: for a CSV body, which has no place for it. */
export class RotateManyQuery extends CsvQuery {
  @QueryNumberField(graceDocs[0], { ...graceDocs[1], description: `${graceDocs[1].description}. For a CSV body` })
  readonly gracePeriodSeconds?: number;

  @QueryBooleanField(retireDocs[0], { ...retireDocs[1], description: `${retireDocs[1].description}. For a CSV body` })
  readonly retireOnFirstUse?: boolean;
}

/** @throws ValidationError where both the body and the query say how, or two fields contradict each other */
export function toBulkRotationOptions(body: RotateManyKeysBody, query: RotateManyQuery): RotationOptions {
  const isSaid = (of: RotateManyKeysBody | RotateManyQuery) =>
    of.gracePeriodSeconds !== undefined || of.retireOnFirstUse !== undefined;
  if (isSaid(body) && isSaid(query))
    throw new ValidationError([problemOf(ROTATION_TOLD_TWICE, ['query', 'gracePeriodSeconds'])]);
  return isSaid(query) ? toRotationOptions(query, 'query') : toRotationOptions(body);
}

/** Keys by their ids, or by a filter. */
export type Wanted = { readonly ids: readonly string[] } | { readonly filter: KeyFilter };

/** @throws ValidationError where a body names keys in neither way or in both, or with a filter that leaves no key out */
export function toWanted({ ids, filter }: RevokeManyKeysBody): Wanted {
  if ((ids === undefined) === (filter === undefined)) throw wrong('ids', KEYS_NOT_CHOSEN);
  if (ids) return { ids };
  const wanted = toFilter(filter ?? {});
  if (!isRestrictive(wanted)) throw wrong('filter', FILTER_EMPTY);
  return { filter: wanted };
}

function wrong(field: string, refusal: Refusal): ValidationError {
  return new ValidationError([problemOf(refusal, ['body', field])]);
}
