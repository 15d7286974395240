import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { AS_USER, newPostgresFolder, postgresProgram, SPAWN } from './postgres-programs';

const PASSWORD = 'dakkio';

export interface PostgresOptions {
  /** Arguments of `postgres`. */
  readonly flags?: readonly string[];
  /** With `password` it refuses wrong passwords. */
  readonly auth?: 'trust' | 'password';
}

/** A PostgreSQL server that a test can stop, freeze, copy and start again at the same address. */
export class PostgresServer {
  private child: ChildProcess | undefined;
  private frozen: number[] = [];

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly flags: readonly string[],
  ) {}

  /** Makes an empty cluster, which is not started. */
  static async create({ flags = [], auth = 'trust' }: PostgresOptions = {}): Promise<PostgresServer> {
    const folder = newPostgresFolder();
    const passwordFile = join(folder, 'password');
    const cluster = join(folder, 'data');
    writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
    const options = ['--no-sync', '--locale', 'C', '-E', 'UTF8', `--pwfile=${passwordFile}`];
    const { status, stderr, error } = spawnSync(
      postgresProgram('initdb'),
      ['--pgdata', cluster, '--auth', auth, '--username', 'dakkio', ...options],
      { ...SPAWN, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(error?.message ?? stderr.trim());
    return new PostgresServer(folder, await freePort(), flags);
  }

  urlOf(database = 'postgres', user = 'dakkio'): string {
    return `postgres://${user}:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  private get cluster(): string {
    return join(this.folder, 'data');
  }

  private get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it, and waits until it accepts connections. */
  async start(): Promise<void> {
    const flags = ['-D', this.cluster, '-p', String(this.port), '-k', '', '-h', '127.0.0.1', ...this.flags];
    const child = spawn(postgresProgram('postgres'), flags, { ...SPAWN, stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      let printed = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-4000);
        if (printed.includes('ready to accept')) resolve();
      });
      child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${printed.trim()}`)));
    });
  }

  /** Stops it: `fast` ends its sessions first, `immediate` is a crash. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const { child } = this;
    if (!child || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  }

  /** A standby that starts from a copy of this cluster, which must be stopped. It takes reads and refuses writes. */
  async copyAsStandby(): Promise<PostgresServer> {
    const folder = newPostgresFolder();
    cpSync(this.folder, folder, { recursive: true });
    const standby = new PostgresServer(folder, await freePort(), this.flags);
    standby.demote();
    if (AS_USER.uid !== undefined) execFileSync('chown', ['-R', `${AS_USER.uid}:${AS_USER.gid}`, folder]);
    return standby;
  }

  /** Makes it start as a standby, which takes reads and refuses writes until it is promoted. */
  demote(): void {
    writeFileSync(join(this.cluster, 'standby.signal'), '');
  }

  /** Stops all of its processes in the middle of their work, as a host that stalls. */
  async freeze(): Promise<void> {
    const rows = await runOn<{ pid: number }>(this.urlOf(), 'SELECT pid FROM pg_stat_activity');
    this.frozen = [this.child?.pid ?? 0, ...rows.map(({ pid }) => pid)];
    for (const pid of this.frozen) signal(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.frozen.splice(0)) signal(pid, 'SIGCONT');
  }

  async run(sql: string, database = 'postgres'): Promise<void> {
    await runOn(this.urlOf(database), sql);
  }

  async remove(): Promise<void> {
    this.thaw();
    await this.stop('immediate');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs statements on a connection of their own, and gives the rows of the last. */
export async function runOn<Row = Record<string, unknown>>(url: string, sql: string): Promise<Row[]> {
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    const results = (await client.query(sql)) as unknown as { rows: Row[] } | { rows: Row[] }[];
    return [results].flat().at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

/** Keeps an exclusive lock on a table until `end` is called. */
export async function lockTable(url: string, table: string): Promise<{ end(): Promise<void> }> {
  const client = new Client(url);
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return { end: () => client.end() };
}

/** Ends all sessions in the database of this URL but the caller's own. Says how many there were. */
export async function terminateSessions(url: string): Promise<number> {
  const rows = await runOn(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  return rows.length;
}

/** The session that asked for the processes may have ended. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

/** A TCP port of the loopback that is free now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
