import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readingOf } from '../../src/cli/import-options';
import { Importer, type Imported } from '../../src/ingest/importer';
import type { Answer } from './call';
import { makeBucket } from './make';
import { runProgram, type RunningProgram } from './process';
import { createDatabase, startApp, type TestApp, type TestDatabase } from './test-app';

/** A bucket with one data source, and a folder for the files to import. */
export interface ImportScene {
  readonly folder: string;
  readonly bucketId: string;
  readonly sourceId: string;
  /** Writes a file and returns its path. */
  file(name: string, content: string | Buffer): string;
  /** All points of the source, oldest first. */
  stored(): Promise<Record<string, any>[]>;
  remove(): void;
}

export async function makeImportScene(server: TestApp, schema: object): Promise<ImportScene> {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-import-'));
  const bucketId = await makeBucket(server);
  const call = (path: string, body: object) => server.call('POST', path, { key: server.adminKey, body });
  const { body } = await call(`/api/buckets/${bucketId}/sources`, { name: 'Climate', schema });
  const sourceId = body.dataSource._id as string;
  return {
    ...{ folder, bucketId, sourceId },
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    async stored() {
      const filters = { dataSourceId: sourceId, limit: 10_000, sort: 'asc' };
      const answer = await call('/api/data/query', { bucketId, filters, downsampling: false });
      return answer.body.data as Record<string, any>[];
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Points of a data source with `temperature`, `door` and `note`. */
export const POINTS = [
  {
    timestamp: '2024-01-15T00:00:00.000Z',
    values: { temperature: 21.5, door: true, note: 'a, "b"' },
    metadata: { device: 'x' },
  },
  { timestamp: '2024-01-15T00:01:00.000Z', values: { temperature: -3 }, metadata: null },
];

/** A run in this process, with what the command would print. */
export interface ImportRun extends Imported {
  readonly problems: string[];
  readonly notes: string[];
}

/** A server for the tests of a file, and a new scene for each of them. */
export class ImportTests {
  private running: { readonly database: TestDatabase; readonly server: TestApp } | undefined;
  private scene: ImportScene | undefined;

  /** @param schema of the data source */
  constructor(schema: object) {
    beforeAll(async () => {
      const database = await createDatabase();
      this.running = { database, server: await startApp({}, database) };
    });
    beforeEach(async () => (this.scene = await makeImportScene(this.server, schema)));
    afterEach(() => this.scene?.remove());
    afterAll(async () => {
      await this.running?.server.stop();
      await this.running?.database.remove();
    });
  }

  get server(): TestApp {
    if (!this.running) throw new Error('The server starts before the first test');
    return this.running.server;
  }

  get current(): ImportScene {
    if (!this.scene) throw new Error('Each test gets a scene of its own');
    return this.scene;
  }

  /** Where the points go. */
  get ids(): { readonly bucketId: string; readonly sourceId: string } {
    const { bucketId, sourceId } = this.current;
    return { bucketId, sourceId };
  }

  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
    return this.server.call(method, path, { key: this.server.adminKey, body, ...(headers && { headers }) });
  }

  /** Runs the command `import` with these arguments. */
  command(...args: string[]): RunningProgram {
    return runProgram('cli.js', ['import', ...args], { DATABASE_URL: this.server.database.url });
  }

  /** Runs the command for a file that goes to the data source. */
  start(path: string, ...options: string[]): RunningProgram {
    const { bucketId, sourceId } = this.ids;
    return this.command(path, '--bucket', bucketId, '--source', sourceId, ...options);
  }

  /** Imports a file in this process, like the command. */
  async imported(name: string, content: string | Buffer, options: object = {}): Promise<ImportRun> {
    const { skipsBad = false, ...reading } = options as { skipsBad?: boolean };
    const path = this.current.file(name, content);
    const [problems, notes]: [string[], string[]] = [[], []];
    const events = {
      problem: (line: number, message: string) => problems.push(`${line}: ${message}`),
      note: (text: string) => notes.push(text),
    };
    const wish = { path, ...this.ids, skipsBad, ...readingOf(reading) };
    const run = await Importer.in(this.server.app).run(
      wish,
      () => undefined,
      () => false,
      events,
    );
    return { ...run, problems, notes };
  }
}
