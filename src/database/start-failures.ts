import type { DatabaseLocation } from '../common/config/settings';
import { explain, type ExplainedFailure } from '../common/start-failure';
import { POSTGRES_START_FAILURES } from './postgres-start-failures';
import { SQLITE_START_FAILURES } from './sqlite-start-failures';

/** Says why the database cannot be used; undefined where the error has another reason. */
export function explainDatabaseFailure(thrown: unknown, location: DatabaseLocation): ExplainedFailure | undefined {
  if (location.type === 'sqlite') return explain(SQLITE_START_FAILURES, thrown, { where: location.path });
  return explain(POSTGRES_START_FAILURES, thrown, { where: addressOf(location.url) });
}

/** The host and the port, or the directory of the socket. Nothing else of the URL is for a log. */
function addressOf(url: string): string {
  const { hostname, port, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? (hostname || 'localhost');
  return host.startsWith('/') ? host : `${host}:${searchParams.get('port') ?? (port || '5432')}`;
}
