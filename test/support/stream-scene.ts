import { makeBucket, makeKey, makeSource } from './make';
import { openStream, type StreamOptions, type TestStream } from './streams';
import { startApp, type TestApp } from './test-app';

/** A server, and for each test of a file a new bucket with a data source and a Read key. It closes the streams that it opened. */
export class StreamScene {
  private started: TestApp | undefined;
  private readonly open = new Set<TestStream>();
  bucketId = '';
  sourceId = '';
  readKey = '';

  constructor() {
    beforeAll(async () => (this.started = await startApp()));
    afterAll(() => this.started?.stop());
    beforeEach(async () => {
      this.bucketId = await makeBucket(this.server);
      this.sourceId = await makeSource(this.server, this.bucketId);
      this.readKey = (await makeKey(this.server, this.bucketId, 'read')).key;
    });
    afterEach(() => {
      for (const stream of this.open) stream.close();
      this.open.clear();
    });
  }

  get server(): TestApp {
    if (!this.started) throw new Error('The server starts before the first test');
    return this.started;
  }

  /** Opens a stream, and waits until it is up to date. */
  async stream(query = '', options: StreamOptions = { key: this.readKey }): Promise<TestStream> {
    const opened = await openStream(this.server, query, options);
    this.open.add(opened);
    await opened.next('ready');
    return opened;
  }

  async store(dataPoints: readonly object[], bucketId = this.bucketId): Promise<void> {
    const points = dataPoints.map((point) => ({ dataSourceId: this.sourceId, ...point }));
    const options = { key: this.server.adminKey, body: { bucketId, dataPoints: points } };
    expect((await this.server.call('POST', '/api/data/batch', options)).status).toBe(201);
  }
}

/** A second of one minute. */
export const at = (second: number) => new Date(Date.UTC(2024, 0, 15, 10, 0, second)).toISOString();
/** A point at a second of one minute, with a temperature. */
export const point = (second: number, t: number) => ({ timestamp: at(second), values: { t } });
