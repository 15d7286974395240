import type { CurrentApiKey } from '../access/current-key.decorator';
import type { Action, Actor, JournalEvent } from '../common/journal';
import type { Source } from './data-source.entity';

/** Something that was done to a data source, for the audit log. */
export function eventOf(
  by: Actor,
  action: Action,
  { organizationId }: Pick<CurrentApiKey, 'organizationId'>,
  { id, name, bucketId }: Source,
  details?: object,
): JournalEvent {
  const target = { type: 'data source', id, name } as const;
  return { by, action, organizationId, bucketId, target, ...(details && { details: { ...details } }) };
}
