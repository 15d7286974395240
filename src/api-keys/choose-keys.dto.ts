import { EXAMPLE_IDS } from '../common/openapi/example-ids';
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
import { MAX_KEYS_PER_REQUEST } from './key-choice';
import { KEY_COLUMNS } from './key-columns';
import { isRestrictive, type KeyFilter, type KeyState } from './key-filter';
import type { RotationOptions } from './key-rotation';
import { keyFilterFields, toFilter } from './key-list.dto';

/** A filter for keys, with the same fields as the query string of a list. */
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

/** A table of keys. The CSV reply of a bulk creation is accepted as it is. */
const TABLE = {
  columns: ['_id'],
  aliases: { id: '_id' },
  ignored: ['name', 'type', 'key', 'replaces', ...Object.keys(KEY_COLUMNS)],
  field: 'ids',
  most: MAX_KEYS_PER_REQUEST,
  toItem: ({ _id }: Readonly<Record<string, unknown>>) => _id,
};

class ChosenKeysBody {
  @IdsField(
    { label: 'ids', most: MAX_KEYS_PER_REQUEST, itemLabel: 'API key ID' },
    {
      description: `Up to ${MAX_KEYS_PER_REQUEST} keys by their \`_id\``,
      example: [EXAMPLE_IDS.apiKey, EXAMPLE_IDS.successor],
    },
  )
  readonly ids?: readonly string[];

  @ObjectField(
    KeyFilterBody,
    { label: 'filter', message: 'filter must be an object with state, type, q or unusedForDays' },
    { description: `Instead of \`ids\`: the keys that match all of these fields, ${MAX_KEYS_PER_REQUEST} at most` },
  )
  readonly filter?: KeyFilterBody;
}

/** Keys to delete, as JSON or as CSV with a column `_id`. */
@RequestExamples({
  'By ID': { ids: [EXAMPLE_IDS.apiKey, EXAMPLE_IDS.successor] },
  'All expired keys': { filter: { state: 'expired' } },
})
@BulkBody()
@FromCsv(TABLE)
export class RevokeManyKeysBody extends ChosenKeysBody {}

/** Keys to rotate, as JSON or as CSV with a column `_id`. */
@RequestExamples({
  'By ID': { ids: [EXAMPLE_IDS.apiKey, EXAMPLE_IDS.successor] },
  'A fleet, where each device switches when it is ready': { filter: { q: 'ESP32' }, retireOnFirstUse: true },
})
@BulkBody()
@FromCsv(TABLE)
export class RotateManyKeysBody extends ChosenKeysBody {
  @WholeNumberField(...graceDocs)
  readonly gracePeriodSeconds?: number;

  @BooleanField(...retireDocs)
  readonly retireOnFirstUse?: boolean;
}

/** The query string of a bulk deletion. */
export class RevokeManyQuery extends CsvQuery {
  @LineField()
  readonly line?: boolean;
}

/** The query string of a bulk rotation. A CSV body has no place for these fields. */
export class RotateManyQuery extends CsvQuery {
  @QueryNumberField(graceDocs[0], { ...graceDocs[1], description: `${graceDocs[1].description}. For a CSV body` })
  readonly gracePeriodSeconds?: number;

  @QueryBooleanField(retireDocs[0], { ...retireDocs[1], description: `${retireDocs[1].description}. For a CSV body` })
  readonly retireOnFirstUse?: boolean;
}

/** @throws ValidationError for options in both the body and the query, or for fields that contradict each other */
export function toBulkRotationOptions(body: RotateManyKeysBody, query: RotateManyQuery): RotationOptions {
  const isSet = (of: RotateManyKeysBody | RotateManyQuery) =>
    of.gracePeriodSeconds !== undefined || of.retireOnFirstUse !== undefined;
  if (isSet(body) && isSet(query))
    throw new ValidationError([problemOf(ROTATION_TOLD_TWICE, ['query', 'gracePeriodSeconds'])]);
  return isSet(query) ? toRotationOptions(query, 'query') : toRotationOptions(body);
}

/** Keys by their ids, or by a filter. */
export type Wanted = { readonly ids: readonly string[] } | { readonly filter: KeyFilter };

/** @throws ValidationError unless the body has either ids or a filter, and for a filter that excludes no key */
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
