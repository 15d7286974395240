import { ApiProperty } from '@nestjs/swagger';
import type { ShownSetting } from '../common/config/shown-settings';
import { VERSION } from '../common/installation';
import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { CountProperty, IdProperty, TimeProperty } from '../common/openapi/openapi-fields';
import { isoTime } from '../common/times';
import { BackupView, backupOf } from './backup.view';
import { QueuesView } from './queues.view';
import type { DatabaseInfo, ServerInfo } from './server-info.service';
import { LongTaskView } from './long-task.view';

class DatabaseView {
  @ApiProperty({ enum: ['sqlite', 'postgres'], example: 'sqlite' })
  readonly type: 'sqlite' | 'postgres';

  @ApiProperty({ type: String, description: 'Version of SQLite or PostgreSQL', example: '3.53.2' })
  readonly version: string;

  @CountProperty(52_428_800, { description: 'Bytes of the database, without the write-ahead log' })
  readonly sizeBytes: number;

  @CountProperty(4_152_992, { nullable: true, description: 'Bytes of the write-ahead log of SQLite' })
  readonly walBytes: number | null;

  @CountProperty(21_474_836_480, { nullable: true, description: 'Free bytes on the disk of the SQLite file' })
  readonly freeDiskBytes: number | null;

  constructor({ type, version, bytes, walBytes, freeDiskBytes }: DatabaseInfo) {
    Object.assign(this, { type, version, sizeBytes: bytes, walBytes, freeDiskBytes });
  }
}

class EventLoopView {
  @CountProperty(47, { description: 'How many seconds the figures cover, up to 60' })
  readonly seconds: number;

  @ApiProperty({ type: Number, minimum: 0, example: 0.12 })
  readonly p50Millis: number;

  @ApiProperty({ type: Number, minimum: 0, example: 3.4 })
  readonly p99Millis: number;

  @ApiProperty({
    type: Number,
    minimum: 0,
    description: 'The longest time for which other requests waited',
    example: 18.5,
  })
  readonly maxMillis: number;
}

class MemoryView {
  @CountProperty(112_197_632, { description: 'Memory of the process' })
  readonly residentBytes: number;

  @CountProperty(41_943_040)
  readonly heapUsedBytes: number;

  @CountProperty(58_720_256)
  readonly heapTotalBytes: number;

  @CountProperty(6_291_456, { description: 'Buffers and other memory outside the heap' })
  readonly externalBytes: number;
}

class ConnectionsView {
  @CountProperty(12, { description: 'Open connections of clients' })
  readonly open: number;

  @CountProperty(10_000, { description: '`DAKKIO_MAX_CONNECTIONS`' })
  readonly limit: number;
}

class SettingView implements ShownSetting {
  @ApiProperty({ type: String, description: 'The environment variable', example: 'DAKKIO_QUERIES_AT_ONCE' })
  readonly name: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Null for a secret, and where there is neither a value nor a default. URLs have no user, password and options',
    example: '16',
  })
  readonly value: string | null;

  @ApiProperty({ type: String, nullable: true, example: '8' })
  readonly default: string | null;

  @ApiProperty({ enum: ['environment', 'default'], example: 'environment' })
  readonly source: ShownSetting['source'];

  @ApiProperty({ type: Boolean, description: 'Whether the value is a secret, which is never shown', example: false })
  readonly isSecret: boolean;

  @ApiProperty({
    type: String,
    description: 'What it does, and which values it takes',
    example: 'Maximum number of queries that run at the same time, 1 to 64',
  })
  readonly about: string;
}

/** The state of a server. */
export class ServerInfoView {
  @ApiProperty({ type: String, example: '0.1.0' })
  readonly version: string;

  @ApiProperty({ type: String, example: 'v22.21.0' })
  readonly nodeVersion: string;

  @ApiProperty({ type: String, description: 'Operating system and processor', example: 'linux x64' })
  readonly platform: string;

  @IdProperty(EXAMPLE_IDS.organization, {
    description: 'Random at each start. It tells instances behind a load balancer apart',
  })
  readonly instanceId: string;

  @TimeProperty('2024-01-15T10:00:00.000Z')
  readonly startedAt: string;

  @CountProperty(86_400)
  readonly uptimeSeconds: number;

  @ApiProperty({ type: DatabaseView })
  readonly database: DatabaseView;

  @ApiProperty({ type: EventLoopView, description: 'By how much turns of the event loop were late in the last minute' })
  readonly eventLoop: EventLoopView;

  @ApiProperty({ type: MemoryView })
  readonly memory: MemoryView;

  @ApiProperty({ type: QueuesView })
  readonly queues: QueuesView;

  @ApiProperty({ type: ConnectionsView })
  readonly connections: ConnectionsView;

  @ApiProperty({ type: [LongTaskView], description: 'Work in steps that has begun and is not complete' })
  readonly tasks: LongTaskView[];

  @ApiProperty({ type: [SettingView], description: 'Every setting' })
  readonly settings: readonly SettingView[];

  @ApiProperty({ type: BackupView })
  readonly backup: BackupView;

  constructor(info: ServerInfo, settings: readonly ShownSetting[]) {
    this.version = VERSION;
    this.nodeVersion = process.version;
    this.platform = `${process.platform} ${process.arch}`;
    this.instanceId = info.instanceId;
    this.startedAt = isoTime(info.startedAt);
    this.uptimeSeconds = Math.round(process.uptime());
    this.database = new DatabaseView(info.database);
    this.eventLoop = info.eventLoop;
    this.memory = toMemoryView(info.memory);
    this.queues = new QueuesView(info.queues);
    this.connections = info.connections;
    this.tasks = info.tasks.map((task) => new LongTaskView(task));
    this.settings = settings;
    this.backup = backupOf(info.database.file);
  }
}

function toMemoryView({ rss, heapUsed, heapTotal, external }: NodeJS.MemoryUsage): MemoryView {
  return { residentBytes: rss, heapUsedBytes: heapUsed, heapTotalBytes: heapTotal, externalBytes: external };
}

export class ServerInfoReply {
  @ApiProperty({ type: ServerInfoView })
  readonly server: ServerInfoView;
}
