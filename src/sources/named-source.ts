import type { CurrentApiKey } from '../auth/current-key.decorator';
import { problemOf, ValidationError } from '../common/errors';
import { SOURCE_ID_REQUIRED } from './sources.errors';

/**
 * The data source that a request is about: the one that it names, or that which its key is bound to.
 *
 * @throws ValidationError for a key that is not bound to one, without a name
 */
export function namedSource({ dataSourceId }: Pick<CurrentApiKey, 'dataSourceId'>, named: string | undefined): string {
  const id = named ?? dataSourceId;
  if (id === null) throw new ValidationError([problemOf(SOURCE_ID_REQUIRED, ['body', 'dataSourceId'])]);
  return id;
}
