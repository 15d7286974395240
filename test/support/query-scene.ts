import { makeBucket, makeKey } from './make';
import { startApp, type TestApp } from './test-app';

/** Where the points of queries begin. */
export const START = Date.UTC(2024, 0, 15);

export interface SentPoint {
  readonly at: number;
  readonly values: object;
  readonly metadata?: object;
}

/** `count` points, one step apart. */
export function evenly(count: number, step: number, from = START): SentPoint[] {
  return Array.from({ length: count }, (_, index) => ({ at: from + index * step, values: { temperature: index } }));
}

export const iso = (at: number) => new Date(at).toISOString();

/** A server for the tests of a file, with a new bucket, its keys and a data source before each of them. */
export class QueryScene {
  bucketId = '';
  sourceId = '';
  keys = { write: '', read: '' };
  private started: TestApp | undefined;

  /** @param prepare runs before each test, after the scene is made */
  static use(prepare: (scene: QueryScene) => void): QueryScene {
    const scene = new QueryScene();
    beforeAll(async () => void (scene.started = await startApp()));
    beforeEach(async () => {
      await scene.make();
      prepare(scene);
    });
    afterAll(() => scene.server.stop());
    return scene;
  }

  get server(): TestApp {
    if (!this.started) throw new Error('The server has not started');
    return this.started;
  }

  call = (method: string, path: string, body?: unknown, key = this.keys.read) =>
    this.server.call(method, path, { key, body });

  /** Queries, by default with the Read key. */
  ask = (body: object = {}, key = this.keys.read) => this.call('POST', '/api/data/query', body, key);

  makeSource = async (more: object = {}): Promise<string> => {
    const source = { name: 'Climate', schema: { temperature: 'number', door: 'boolean', note: 'string' }, ...more };
    const { body } = await this.call('POST', `/api/buckets/${this.bucketId}/sources`, source, this.keys.write);
    return body.dataSource._id as string;
  };

  store = async (points: readonly SentPoint[], dataSourceId = this.sourceId): Promise<void> => {
    for (let start = 0; start < points.length; start += 1000) {
      const dataPoints = points
        .slice(start, start + 1000)
        .map(({ at, ...more }) => ({ dataSourceId, timestamp: iso(at), ...more }));
      expect((await this.call('POST', '/api/data/batch', { dataPoints }, this.keys.write)).status).toBe(201);
    }
  };

  private async make(): Promise<void> {
    const { server } = this;
    this.bucketId = await makeBucket(server);
    const [write, read] = [await makeKey(server, this.bucketId, 'write'), await makeKey(server, this.bucketId, 'read')];
    this.keys = { write: write.key, read: read.key };
    this.sourceId = await this.makeSource();
  }
}
