import { Link } from 'wouter';
import { Badge } from '../../components/badge';
import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import { Meter } from '../../components/meter';
import { Bytes } from '../../components/num';
import { Time } from '../../components/time';
import { formatBytes } from '../../lib/numbers';
import { durationInWords, inMillis, plainTime } from '../../lib/times';
import { delayStateOf } from './delay';
import type { ServerState } from './server-queries';

interface StateProps {
  readonly state: ServerState;
}

const DATABASES: Readonly<Record<ServerState['database']['type'], string>> = {
  sqlite: 'SQLite',
  postgres: 'PostgreSQL',
};

/** What runs, and since when. */
export function ProgramCard({ state }: StateProps) {
  return (
    <Card title={`Dakkio ${state.version}`}>
      <Facts
        facts={[
          { name: 'Started', value: plainTime(Date.parse(state.startedAt)) },
          { name: 'Running for', value: durationInWords(state.uptimeSeconds * 1000) },
          { name: 'Node.js', value: state.nodeVersion.replace(/^v/, '') },
          { name: 'System', value: state.platform },
          { name: 'Instance', value: <code>{state.instanceId}</code> },
        ]}
      />
    </Card>
  );
}

/** Less than this is left on the disk: time to make room. */
const LITTLE_DISK_BYTES = 1e9;

export function DatabaseCard({ state: { database } }: StateProps) {
  const { walBytes, freeDiskBytes } = database;
  const isNearlyFull = freeDiskBytes !== null && freeDiskBytes < LITTLE_DISK_BYTES;
  return (
    <Card title="Database" about={isNearlyFull && <Badge tone="warn">disk nearly full</Badge>}>
      <Facts
        facts={[
          { name: 'Kind', value: `${DATABASES[database.type]} ${database.version}` },
          { name: 'Size', value: <Bytes value={database.sizeBytes} /> },
          ...(walBytes === null ? [] : [{ name: 'Write-ahead log', value: <Bytes value={walBytes} /> }]),
          ...(freeDiskBytes === null ? [] : [{ name: 'Free on the disk', value: <Bytes value={freeDiskBytes} /> }]),
        ]}
      />
    </Card>
  );
}

/** By how much requests wait for other work. */
export function DelayCard({ state }: StateProps) {
  const { p50Millis, p99Millis, maxMillis, seconds } = state.eventLoop;
  const { tone, word, hasStart } = delayStateOf(state);
  return (
    <Card title="Event loop delay" about={<Badge tone={tone}>{word}</Badge>}>
      <Facts
        facts={[
          { name: 'Median', value: inMillis(p50Millis) },
          { name: '99th percentile', value: inMillis(p99Millis) },
          { name: 'Longest', value: inMillis(maxMillis) },
        ]}
      />
      <p className="server-note">
        How long a request waits for other work, measured over the last {durationInWords(Math.max(1, seconds) * 1000)}
        {hasStart && ', with the start of the server'}.
      </p>
    </Card>
  );
}

/** What the server works on and what waits, with the limits where there are any. */
export function QueuesCard({ state: { queues, connections } }: StateProps) {
  const { queries, streams, deliveries } = queues;
  return (
    <Card title="Load" isWide>
      <div className="meters server-load">
        <Meter label="Connections" value={connections.open} limit={connections.limit} />
        <Meter label="Running queries" value={queries.running} limit={queries.runningLimit} />
        <Meter label="Waiting queries" value={queries.waiting} limit={queries.waitingLimit} />
        <Meter label="Live streams" value={streams.open} limit={streams.limit} />
        <Meter label="Waiting point requests" value={queues.ingest.waiting} limit={null} />
        <Meter label="Waiting writes" value={queues.writes.waiting} limit={null} />
        <Meter label="Waiting webhooks" value={deliveries.waiting} limit={null} />
        <Meter label="Failed webhooks, 24 h" value={deliveries.failedLast24h} limit={null} />
      </div>
    </Card>
  );
}

export function MemoryCard({ state: { memory } }: StateProps) {
  return (
    <Card title="Memory">
      <Facts
        facts={[
          { name: 'Process', value: <Bytes value={memory.residentBytes} /> },
          { name: 'Outside the heap', value: <Bytes value={memory.externalBytes} /> },
        ]}
      />
      <div className="meters server-heap">
        <Meter label="Heap" value={memory.heapUsedBytes} limit={memory.heapTotalBytes} format={formatBytes} isPlain />
      </div>
    </Card>
  );
}

const TASK_NAMES: Readonly<Record<ServerState['tasks'][number]['name'], string>> = {
  deletion: 'Removing deleted points',
  'rollups:rebuild': 'npm run rollups:rebuild',
  import: 'npm run import',
  'data:fix-seconds': 'npm run data:fix-seconds',
};

/** Work in steps that has begun and is not complete. */
export function TasksCard({ state: { tasks } }: StateProps) {
  return (
    <Card title="Tasks" foot={<Link href="/audit">What was done is in the audit log</Link>}>
      {tasks.length === 0 && <p className="muted">No task is running.</p>}
      <div className="meters">
        {tasks.map(({ name, unit, done, total, updatedAt }, index) => (
          <div key={index}>
            <Meter label={`${TASK_NAMES[name]} (${unit})`} value={done} limit={total} isPlain />
            {updatedAt !== null && (
              <p className="server-note">
                Last step <Time at={updatedAt} />. A command that was interrupted continues when you run it again.
              </p>
            )}
          </div>
        ))}
      </div>
    </Card>
  );
}
