import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { DataSource } from 'typeorm';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import { newId } from '../common/ids';
import { listTasks } from '../database/resumable-tasks';
import { databaseFacts } from '../database/size';
import { Writer } from '../database/writer';
import { Ingest } from '../ingest/ingest.service';
import { ReaderBounds } from '../live/reader-bounds';
import { OrganizationsService } from '../organizations/organizations.service';
import { countAllStored } from '../points/point-totals';
import { Retention } from '../retention/retention';
import { WorkScheduler } from '../scheduling/work-scheduler';
import { countDeliveries, type DeliveryCounts } from '../webhooks/delivery-counts';
import { EventLoopDelay, type LoopDelay } from './event-loop-delay';
import { toLongTask, type LongTask } from './long-tasks';
import { FIRST_ORGANIZATION_REQUIRED } from './server-info.errors';

/** How long a result is reused, so that callers that poll cost nothing. */
const VALID_MILLIS = 1000;
const DAY_MILLIS = 86_400_000;
const NO_FILE = { file: null, walBytes: null, freeDiskBytes: null };
/** An import that was interrupted leaves a task behind, so there can be many. */
export const MAX_TASKS = 100;

/** The state of this instance and its database. */
export interface ServerInfo {
  /** A random id of this process, which tells instances behind a load balancer apart. */
  readonly instanceId: string;
  readonly startedAt: number;
  readonly database: DatabaseInfo;
  readonly eventLoop: LoopDelay;
  readonly memory: NodeJS.MemoryUsage;
  readonly queues: Queues;
  readonly connections: { readonly open: number; readonly limit: number };
  readonly tasks: readonly LongTask[];
}

export interface DatabaseInfo {
  readonly type: Config['database']['type'];
  readonly version: string;
  readonly bytes: number;
  /** The absolute path of an SQLite file; null on PostgreSQL. */
  readonly file: string | null;
  /** Null on PostgreSQL, and where the file cannot be read. */
  readonly walBytes: number | null;
  readonly freeDiskBytes: number | null;
}

interface Load {
  readonly running: number;
  readonly waiting: number;
}

export interface Queues {
  readonly writes: number;
  readonly ingest: number;
  readonly queries: Load & { readonly limits: Load };
  readonly streams: { readonly open: number; readonly limit: number };
  readonly deliveries: DeliveryCounts;
}

/** Measures the server. Callers within a second share a result. */
@Injectable()
export class ServerInfoService {
  private readonly instanceId = newId();
  private readonly startedAt = Date.now() - Math.round(process.uptime() * 1000);
  private last: { readonly at: number; readonly value: Promise<ServerInfo> } | undefined;
  private firstOrganizationId: string | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly organizations: OrganizationsService,
    private readonly eventLoop: EventLoopDelay,
    private readonly writer: Writer,
    private readonly ingest: Ingest,
    private readonly scheduler: WorkScheduler,
    private readonly streams: ReaderBounds,
    private readonly retention: Retention,
    private readonly http: HttpAdapterHost,
  ) {}

  /** @throws ApiError `FIRST_ORGANIZATION_REQUIRED`: what concerns the whole server is not for the other organizations on it */
  async requireFirstOrganization({ organizationId }: Pick<CurrentApiKey, 'organizationId'>): Promise<void> {
    this.firstOrganizationId ??= (await this.organizations.findFirst(this.dataSource.manager))?.id;
    if (organizationId !== this.firstOrganizationId) throw new ApiError(FIRST_ORGANIZATION_REQUIRED);
  }

  /** The state now, or of the last second. */
  current(): Promise<ServerInfo> {
    const now = performance.now();
    if (!this.last || now - this.last.at > VALID_MILLIS) this.last = { at: now, value: this.measure() };
    const { last } = this;
    return last.value.catch((cause: unknown) => {
      // A failure is not reused.
      if (this.last === last) this.last = undefined;
      throw cause;
    });
  }

  private async measure(): Promise<ServerInfo> {
    const { manager } = this.dataSource;
    const [database, tasks, deliveries, open] = await Promise.all([
      this.database(),
      this.tasks(),
      countDeliveries(manager, Date.now() - DAY_MILLIS),
      this.countConnections(),
    ]);
    const { queued: writes } = this.writer;
    const { queriesAtOnce, queryQueue, maxConnections } = this.config;
    return {
      instanceId: this.instanceId,
      startedAt: this.startedAt,
      database,
      eventLoop: this.eventLoop.read(),
      memory: process.memoryUsage(),
      queues: {
        writes,
        ingest: this.ingest.queued,
        queries: { ...this.scheduler.load, limits: { running: queriesAtOnce, waiting: queryQueue } },
        streams: this.streams.load,
        deliveries,
      },
      connections: { open, limit: maxConnections },
      tasks,
    };
  }

  private async database(): Promise<DatabaseInfo> {
    const { database } = this.config;
    const facts = await databaseFacts(this.dataSource.manager);
    if (database.type === 'postgres') return { type: 'postgres', ...facts, ...NO_FILE };
    const [walBytes, freeDiskBytes] = await Promise.all([
      orNull(async () => (await stat(`${database.path}-wal`)).size),
      orNull(async () => {
        const { bavail, bsize } = await statfs(dirname(database.path));
        return bavail * bsize;
      }),
    ]);
    return { type: 'sqlite', ...facts, file: resolve(database.path), walBytes, freeDiskBytes };
  }

  private async tasks(): Promise<LongTask[]> {
    const { manager } = this.dataSource;
    const deletion = await this.retention.deletionProgress();
    const open = await listTasks(manager, MAX_TASKS);
    const allPoints = open.length > 0 ? await countAllStored(manager) : 0;
    return [
      ...(deletion ? [{ name: 'deletion', unit: 'points', ...deletion, updatedAt: null } as const] : []),
      ...open.flatMap((task) => toLongTask(task, allPoints) ?? []),
    ];
  }

  private countConnections(): Promise<number> {
    const server = this.http.httpAdapter.getHttpServer() as import('node:http').Server;
    return new Promise((resolve, reject) => {
      server.getConnections((cause, count) => (cause ? reject(cause) : resolve(count)));
    });
  }
}

function orNull(read: () => Promise<number>): Promise<number | null> {
  return read().catch(() => null);
}
