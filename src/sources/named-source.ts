import type { CurrentApiKey } from '../auth/current-key.decorator';
import { problemOf, ValidationError } from '../common/errors';
import { SOURCE_ID_REQUIRED } from './sources.errors';

/**
 * The data source of a request: the one it names, or the one its key is bound to.
 *
 * @throws ValidationError if the request names none and its key is not bound to one
 */
export function namedSource({ dataSourceId }: Pick<CurrentApiKey, 'dataSourceId'>, named: string | undefined): string {
  const id = named ?? dataSourceId;
  if (id === null) throw new ValidationError([problemOf(SOURCE_ID_REQUIRED, ['body', 'dataSourceId'])]);
  return id;
}
