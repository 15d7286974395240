import type { DatabaseLocation } from '../common/config/settings';
import { explain, type ExplainedFailure } from '../common/start-failure';
import { POSTGRES_START_FAILURES } from './postgres-start-failures';
import { SQLITE_START_FAILURES } from './sqlite-start-failures';

/** Explains why the database cannot be used; undefined for other errors. */
export function explainDatabaseFailure(thrown: unknown, location: DatabaseLocation): ExplainedFailure | undefined {
  if (location.type === 'sqlite') return explain(SQLITE_START_FAILURES, thrown, { where: location.path });
  return explain(POSTGRES_START_FAILURES, thrown, { where: addressOf(location.url) });
}

/** The host and port, or the directory of the socket. The rest of the URL must not be logged. */
function addressOf(url: string): string {
  const { hostname, port, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? (hostname || 'localhost');
  return host.startsWith('/') ? host : `${host}:${searchParams.get('port') ?? (port || '5432')}`;
}
