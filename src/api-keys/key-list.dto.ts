import { QueryNumberField } from '../common/fields';
import { PageQuery } from '../common/pagination';
import { DAY_SECONDS } from './key-fields';

/** What a list of keys takes in its query string. */
export class KeysQuery extends PageQuery {
  @QueryNumberField(
    { label: 'unusedForDays', least: 1, most: 3650 },
    { description: 'Only keys that were neither made nor used for this many days', example: 30 },
  )
  readonly unusedForDays?: number;

  /** The moment that it means, in milliseconds since 1970. */
  get unusedSince(): number | undefined {
    return this.unusedForDays === undefined ? undefined : Date.now() - this.unusedForDays * DAY_SECONDS * 1000;
  }
}
