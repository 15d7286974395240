import type { DataSourceOptions, EntitySchema, MixedList } from 'typeorm';
import type { DatabaseLocation } from '../common/config/settings';
import { Initial1700000000000 } from './migrations/1700000000000-initial';
import { TrustedKeys1710000000000 } from './migrations/1710000000000-trusted-keys';
import { Points1720000000000 } from './migrations/1720000000000-points';
import { Alerts1730000000000 } from './migrations/1730000000000-alerts';
import { AlertUpkeep1740000000000 } from './migrations/1740000000000-alert-upkeep';
import { KeyLines1750000000000 } from './migrations/1750000000000-key-lines';
import { MetadataBounds1760000000000 } from './migrations/1760000000000-metadata-bounds';
import { AuditCut1770000000000 } from './migrations/1770000000000-audit-cut';
import { SealedUrls1780000000000 } from './migrations/1780000000000-sealed-urls';
import { UsableKeys1800000000000 } from './migrations/1800000000000-usable-keys';
import { ExactSums1820000000000 } from './migrations/1820000000000-exact-sums';
import { RetentionUndo1830000000000 } from './migrations/1830000000000-retention-undo';
import { WebhookQueues1840000000000 } from './migrations/1840000000000-webhook-queues';
import { AlertReminders1860000000000 } from './migrations/1860000000000-alert-reminders';
import { ServerPresence1870000000000 } from './migrations/1870000000000-server-presence';
import { AuditIds1880000000000 } from './migrations/1880000000000-audit-ids';
import { MetadataStamps1900000000000 } from './migrations/1900000000000-metadata-stamps';
import { SchemaGuard1910000000000 } from './migrations/1910000000000-schema-guard';
import { Leases1930000000000 } from './migrations/1930000000000-leases';
import { Sessions1950000000000 } from './migrations/1950000000000-sessions';
import { QuietPoints1950000000001 } from './migrations/1950000000001-quiet-points';
import { LiveCommits1950000000002 } from './migrations/1950000000002-live-commits';
import { ListIndexes1950000000003 } from './migrations/1950000000003-list-indexes';
import { EndedWebhooks1950000000004 } from './migrations/1950000000004-ended-webhooks';
import { Series1950000000005 } from './migrations/1950000000005-series';
import { NotificationBacklog1950000000006 } from './migrations/1950000000006-notification-backlog';
import { PendingRollups1950000000007 } from './migrations/1950000000007-pending-rollups';
import { NUMBERS } from './postgres-numbers';
import { prepareSqlite } from './sqlite';

export type Entities = MixedList<(abstract new () => unknown) | EntitySchema>;

const DEFAULT_CONNECTIONS = 10;
const LONGEST_CONNECTING_MILLIS = 5000;
/** TCP keepalive of idle connections starts after this time, so that firewalls keep them open. */
const KEEP_ALIVE_AFTER_MILLIS = 10_000;

/** TypeORM's options for the application, its writer and the command line. The schema changes only by migrations. */
export function databaseOptions(
  location: DatabaseLocation,
  entities: Entities,
  connections = DEFAULT_CONNECTIONS,
): DataSourceOptions {
  const common = {
    entities: entities as never,
    migrations: [
      Initial1700000000000,
      TrustedKeys1710000000000,
      Points1720000000000,
      Alerts1730000000000,
      AlertUpkeep1740000000000,
      KeyLines1750000000000,
      MetadataBounds1760000000000,
      AuditCut1770000000000,
      SealedUrls1780000000000,
      UsableKeys1800000000000,
      ExactSums1820000000000,
      RetentionUndo1830000000000,
      WebhookQueues1840000000000,
      AlertReminders1860000000000,
      ServerPresence1870000000000,
      AuditIds1880000000000,
      MetadataStamps1900000000000,
      SchemaGuard1910000000000,
      Leases1930000000000,
      Sessions1950000000000,
      QuietPoints1950000000001,
      LiveCommits1950000000002,
      ListIndexes1950000000003,
      EndedWebhooks1950000000004,
      Series1950000000005,
      NotificationBacklog1950000000006,
      PendingRollups1950000000007,
    ],
    synchronize: false,
    migrationsRun: false,
    // Logs only with DEBUG=typeorm:*. Errors are logged where they are caught.
    logger: 'debug' as const,
  };
  if (location.type === 'sqlite') {
    return { ...common, type: 'better-sqlite3', database: location.path, prepareDatabase: prepareSqlite };
  }
  return {
    ...common,
    type: 'postgres',
    url: location.url,
    applicationName: 'dakkio',
    extra: {
      max: connections,
      connectionTimeoutMillis: LONGEST_CONNECTING_MILLIS,
      // PgBouncer rejects startup options, so each transaction sets what it needs (`deadlines.ts`).
      types: NUMBERS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MILLIS,
    },
  };
}

/** The names of all migrations of this version, in order. Their count is the schema version. */
export function migrationNames({ migrations }: Pick<DataSourceOptions, 'migrations'>): string[] {
  const classes = Object.values(migrations ?? {}) as (abstract new () => unknown)[];
  return classes.map(({ name }) => name);
}
