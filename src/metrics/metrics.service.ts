import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CONFIG, type Config } from '../common/config/config';
import { LeanExpressAdapter } from '../common/http/lean-express.adapter';
import type { LeanResponse } from '../common/http/lean-messages';
import { VERSION } from '../common/installation';
import { IngestCounts } from '../ingest/ingest-counts';
import { MqttCounts } from '../mqtt/mqtt-counts';
import { ServerInfoService, type ServerInfo } from '../server-info/server-info.service';
import { Families, type Sample } from './families';
import { readProcess, type ProcessFigures } from './process-figures';
import { RequestDurations } from './request-durations';

/** What one scrape shows. It is read once, so that its figures belong together. */
interface Scrape {
  readonly server: ServerInfo;
  readonly process: ProcessFigures;
}

/** The metrics of this instance in the text format of Prometheus. No label has the name or the id of a bucket, a key or a client. */
@Injectable()
export class MetricsService implements OnApplicationBootstrap {
  private readonly durations = new RequestDurations();
  private readonly families = new Families();
  private last: Scrape | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'database'>,
    private readonly host: HttpAdapterHost,
    private readonly server: ServerInfoService,
    private readonly ingest: IngestCounts,
    private readonly mqtt: MqttCounts,
  ) {
    this.declareRequests();
    this.declareMqtt();
    this.declareQueues();
    this.declareStorage();
    this.declareProcess();
  }

  onApplicationBootstrap(): void {
    const { httpAdapter } = this.host;
    if (httpAdapter instanceof LeanExpressAdapter)
      httpAdapter.onResponseSent((request, response, millis) => this.durations.observe(request, response, millis));
  }

  /** Reads all figures and sends them. Scrapes within a second share those of the server. */
  async send(response: LeanResponse): Promise<void> {
    const [server, own] = await Promise.all([this.server.current(), readProcess()]);
    this.last = { server, process: own };
    const { registry } = this.families;
    const text = await registry.metrics();
    response.set({
      'Content-Type': registry.contentType,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    response.send(text);
  }

  private of(read: (scrape: Scrape) => number | null): () => number | null {
    return () => (this.last ? read(this.last) : null);
  }

  private declareRequests(): void {
    const { families } = this;
    families.gauge({
      name: 'dakkio_build_info',
      help: 'Always 1. The labels have the version of the server, of Node, and the kind of database.',
      labels: ['version', 'node', 'database'],
      read: () => [[1, { version: VERSION, node: process.versions.node, database: this.config.database.type }]],
    });
    families.histogram(
      'dakkio_http_request_duration_seconds',
      'Time from the head of a request to the end of its response, without streams. Route "none": no route matched, or a file was sent.',
      () => this.durations.all(),
    );
    families.counter({
      name: 'dakkio_points_ingested_total',
      help: 'Points that were accepted and are on disk: new ones, updates and duplicates.',
      labels: ['way'],
      read: () => [...this.ingest.stored].map(([way, count]): Sample => [count, { way }]),
    });
    families.counter({
      name: 'dakkio_points_rejected_total',
      help: 'Points that were not stored, by the code of the error. The points of a refused batch all count with its first error.',
      labels: ['way', 'reason'],
      read: () =>
        [...this.ingest.rejected].flatMap(([way, reasons]) =>
          [...reasons].map(([reason, count]): Sample => [count, { way, reason }]),
        ),
    });
  }

  private declareMqtt(): void {
    const { families, mqtt } = this;
    families.gauge({ name: 'dakkio_mqtt_connections', help: 'Open MQTT connections.', read: () => mqtt.connections });
    families.counter({
      name: 'dakkio_mqtt_messages_total',
      help: 'MQTT messages by what became of them. Each can have several points.',
      labels: ['result'],
      read: () => [...mqtt.messages].map(([result, count]): Sample => [count, { result }]),
    });
  }

  private declareQueues(): void {
    const gauge = (name: string, help: string, read: (server: ServerInfo) => number) =>
      this.families.gauge({ name, help, read: this.of(({ server }) => read(server)) });
    gauge('dakkio_connections_open', 'Open HTTP connections.', ({ connections }) => connections.open);
    gauge('dakkio_connections_limit', 'The limit of HTTP connections.', ({ connections }) => connections.limit);
    gauge('dakkio_streams_open', 'Open streams of new points.', ({ queues }) => queues.streams.open);
    gauge('dakkio_streams_limit', 'The limit of open streams.', ({ queues }) => queues.streams.limit);
    gauge('dakkio_writes_waiting', 'Transactions that wait for their turn.', ({ queues }) => queues.writes);
    gauge(
      'dakkio_ingest_requests_waiting',
      'Requests with points that wait for a commit.',
      ({ queues }) => queues.ingest,
    );
    gauge('dakkio_queries_running', 'Queries, previews and lists under way.', ({ queues }) => queues.queries.running);
    gauge('dakkio_queries_waiting', 'The same that wait for a slot.', ({ queues }) => queues.queries.waiting);
    gauge(
      'dakkio_deliveries_waiting',
      'Messages to webhooks that wait for an attempt, of all instances.',
      ({ queues }) => queues.deliveries.waiting,
    );
    gauge(
      'dakkio_deliveries_failed_24h',
      'Messages to webhooks that were given up within the last 24 hours, of all instances.',
      ({ queues }) => queues.deliveries.failed,
    );
    gauge('dakkio_tasks', 'Long tasks that are not complete.', ({ tasks }) => tasks.length);
  }

  private declareStorage(): void {
    const gauge = (name: string, help: string, read: (database: ServerInfo['database']) => number | null) =>
      this.families.gauge({ name, help, read: this.of(({ server }) => read(server.database)) });
    gauge('dakkio_database_size_bytes', 'Size of the database.', ({ bytes }) => bytes);
    gauge('dakkio_database_wal_bytes', 'Size of the write-ahead log. SQLite only.', ({ walBytes }) => walBytes);
    gauge('dakkio_disk_free_bytes', 'Free space on the disk of the database. SQLite only.', (one) => one.freeDiskBytes);
  }

  private declareProcess(): void {
    const { families } = this;
    const delay = (name: string, help: string, read: (loop: ServerInfo['eventLoop']) => number) =>
      families.gauge({ name, help, read: this.of(({ server }) => read(server.eventLoop) / 1000) });
    delay(
      'dakkio_event_loop_delay_p50_seconds',
      'Median delay of the event loop in the last minute.',
      (one) => one.p50Millis,
    );
    delay('dakkio_event_loop_delay_p99_seconds', '99th percentile of the same.', (one) => one.p99Millis);
    delay('dakkio_event_loop_delay_max_seconds', 'Longest delay of the same.', (one) => one.maxMillis);
    const own = (name: string, help: string, read: (figures: ProcessFigures) => number | null) =>
      families.gauge({ name, help, read: this.of(({ process: figures }) => read(figures)) });
    families.counter({
      name: 'process_cpu_seconds_total',
      help: 'Total user and system CPU time in seconds.',
      read: this.of(({ process: { cpuSeconds } }) => cpuSeconds),
    });
    own(
      'process_start_time_seconds',
      'Start time of the process since 1970 in seconds.',
      (one) => one.startedAtSeconds,
    );
    own('process_resident_memory_bytes', 'Resident memory in bytes.', (one) => one.residentBytes);
    own('process_open_fds', 'Open file descriptors. Linux only.', (one) => one.openFiles);
    own('nodejs_heap_used_bytes', 'Used memory of the JavaScript heap.', (one) => one.heapUsedBytes);
    own('nodejs_heap_limit_bytes', 'The largest size of the JavaScript heap.', (one) => one.heapLimitBytes);
  }
}
