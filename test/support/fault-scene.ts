import { newKeyText } from '../../src/api-keys/key-text';
import type { Answer, Call, CallOptions } from './call';
import { runProgram, startServer, type Ended, type RunningProgram, type RunningServer } from './process';
import { createDatabase, MIGRATED, type EMPTY, type TestDatabase } from './test-database';
import { pause } from './until';

/** The longest that a request may wait for a fault of others: 5 seconds are promised, the rest is for a busy machine. */
export const LONGEST_WAIT_MILLIS = 8000;
/** The longest until a server works again after its database does: 10 seconds are promised. */
export const LONGEST_RECOVERY_MILLIS = 20_000;
/** After this time a request counts as one that is never answered; queries have 30 seconds of their own. */
const NEVER_MILLIS = 15_000;
export const LONGEST_QUERY_MILLIS = 40_000;

export const ADMIN_KEY = newKeyText('admin');

/** An answer, and how long it took. */
export interface TimedAnswer extends Answer {
  readonly millis: number;
}

/** A bucket with data sources of one number `n`, and its keys. */
export interface FaultScene {
  readonly bucketId: string;
  readonly sourceIds: readonly string[];
  readonly writeKey: string;
  readonly readKey: string;
}

/** Server processes of one test. What is frozen is thawed and all are killed at its end. */
export class Servers {
  private readonly running: RunningProgram[] = [];

  /** Starts a server with a known Admin key, and waits until it is ready. */
  async start(databaseUrl: string, environment: Record<string, string> = {}): Promise<RunningServer> {
    const server = await startServer({ ...ENVIRONMENT, DATABASE_URL: databaseUrl, ...environment });
    this.running.push(server);
    return server;
  }

  /** Starts one that may not become ready. */
  launch(databaseUrl: string, environment: Record<string, string> = {}): RunningProgram {
    const program = runProgram('main.js', [], { PORT: '0', ...ENVIRONMENT, DATABASE_URL: databaseUrl, ...environment });
    this.running.push(program);
    return program;
  }

  /** The exit of a start that must be refused. Throws if the server becomes ready. */
  async refused(databaseUrl: string, environment: Record<string, string> = {}): Promise<Ended> {
    const program = this.launch(databaseUrl, environment);
    const started = program.waitFor(/ready at/).then(() => Promise.reject(new Error('It started')));
    started.catch(() => undefined);
    return Promise.race([program.ended, started]);
  }

  async killAll(): Promise<void> {
    for (const { child } of this.running) {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
    }
    await Promise.all(this.running.splice(0).map(({ ended }) => ended));
  }
}

const ENVIRONMENT = { DAKKIO_ADMIN_KEY: ADMIN_KEY, DAKKIO_WEBHOOK_ALLOW: '127.0.0.0/8' };

/** Creates a bucket, its keys, and this number of data sources. */
export async function makeScene({ call }: { call: Call }, sources = 1): Promise<FaultScene> {
  const made = async (path: string, body: object) => {
    const answer = await call('POST', path, { key: ADMIN_KEY, body });
    if (answer.status !== 201) throw new Error(`POST ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const bucketId = (await made('/api/buckets', { name: 'Faults' })).bucket._id as string;
  const keyOf = async (type: string) =>
    (await made(`/api/buckets/${bucketId}/keys`, { name: type, type })).apiKey.key as string;
  const sourceIds: string[] = [];
  for (let index = 0; index < sources; index++) {
    const body = { name: `Source ${index}`, schema: { n: 'number' } };
    sourceIds.push((await made(`/api/buckets/${bucketId}/sources`, body)).dataSource._id as string);
  }
  return { bucketId, sourceIds, writeKey: await keyOf('write'), readKey: await keyOf('read') };
}

/** Sends a request and times it. Throws if it is never answered, which no fault may cause. */
export async function ask(
  { call }: { call: Call },
  method: string,
  path: string,
  options: CallOptions = {},
  longestMillis = NEVER_MILLIS,
): Promise<TimedAnswer> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_, reject) => {
    const tooLate = new Error(`${method} ${path} has no answer after ${longestMillis / 1000} s`);
    timer = setTimeout(() => reject(tooLate), longestMillis);
  });
  try {
    const answer = await Promise.race([call(method, path, options), never]);
    return { ...answer, millis: performance.now() - startedAt };
  } finally {
    clearTimeout(timer);
  }
}

/** The error in a 5xx reply during a fault, if any: a 503 with Retry-After is correct. */
export function faultOf({ status, headers, body, millis }: TimedAnswer): string | undefined {
  if (millis > LONGEST_WAIT_MILLIS) return `${status} after ${Math.round(millis)} ms`;
  if (status < 500) return undefined;
  const isComplete = typeof body?.error === 'string' && typeof body?.message === 'string';
  if (status !== 503 || !isComplete) return `${status} ${JSON.stringify(body)}`;
  return /^[1-9]\d*$/.test(headers.get('retry-after') ?? '') ? undefined : `503 without Retry-After: ${body.message}`;
}

/** Repeats a request until it is answered with this status. Gives the answers before, and throws after 20 s. */
export async function recovered(
  status: number,
  request: () => Promise<TimedAnswer>,
  longestMillis = LONGEST_RECOVERY_MILLIS,
): Promise<{ before: TimedAnswer[]; answer: TimedAnswer; millis: number }> {
  const startedAt = performance.now();
  const before: TimedAnswer[] = [];
  for (;;) {
    const answer = await request();
    const millis = performance.now() - startedAt;
    if (answer.status === status) return { before, answer, millis };
    before.push(answer);
    if (millis > longestMillis) throw new Error(`Not recovered after ${Math.round(millis)} ms: ${answer.status}`);
    await pause(100);
  }
}

/** Gives each test of a file a new database, and kills its servers afterwards. */
export function useFaultDatabase(template: typeof MIGRATED | typeof EMPTY = MIGRATED): {
  readonly servers: Servers;
  readonly databaseUrl: () => string;
} {
  const servers = new Servers();
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createDatabase(template);
  });
  afterEach(async () => {
    await servers.killAll();
    await database.remove();
  });
  return { servers, databaseUrl: () => database.url };
}
