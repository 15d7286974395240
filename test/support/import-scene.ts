import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBucket } from './make';
import type { TestApp } from './test-app';

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
