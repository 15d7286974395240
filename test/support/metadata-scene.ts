import { isoTime } from '../../src/common/times';
import { MetadataSweep, SWEEP_WAIT_MILLIS } from '../../src/points/metadata-sweep';
import type { Answer } from './call';
import { makeBucket } from './make';
import { startApp, type TestApp } from './test-app';

/** The time of the point of device 0. */
export const START = Date.UTC(2024, 0, 15);
/** Small limits of metadata. */
export const ENVIRONMENT = {
  DAKKIO_METADATA_PER_SOURCE: '20',
  DAKKIO_METADATA_PER_BUCKET: '40',
  DAKKIO_METADATA_KEY_SHARE: '25',
  DAKKIO_LOG_LEVEL: 'warn',
};
export const SOURCE_FULL =
  'A data source can have 20 distinct metadata, and this one has them all. Use metadata that it has, or delete points with metadata that you no longer need';

export const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

interface Sending {
  readonly app?: TestApp;
  readonly key?: string;
  readonly partial?: boolean;
}

/** A server with small limits of metadata, and a new bucket for each test of a file. */
export class MetadataScene {
  private started: TestApp | undefined;
  private later = Date.now();
  /** Where sources are made and points are sent. */
  bucketId = '';

  constructor() {
    beforeAll(async () => (this.started = await startApp(ENVIRONMENT)));
    beforeEach(async () => (this.bucketId = await makeBucket(this.server)));
    afterAll(() => this.started?.stop());
  }

  get server(): TestApp {
    if (!this.started) throw new Error('The server starts before the first test');
    return this.started;
  }

  async makeSource(app = this.server): Promise<string> {
    const body = { name: 'Fleet', type: 'sensor', schema: { level: 'number' } };
    const { body: made } = await app.call('POST', `/api/buckets/${this.bucketId}/sources`, { key: app.adminKey, body });
    return made.dataSource._id as string;
  }

  /** Sends one point for each device; the device number is the second. */
  send(dataSourceId: string, devices: readonly number[], sending: Sending = {}): Promise<Answer> {
    const { app = this.server, key = this.server.adminKey, partial } = sending;
    const dataPoints = devices.map((device) => ({
      dataSourceId,
      values: { level: device },
      timestamp: START + 1000 * device,
      metadata: { device },
    }));
    const path = `/api/data/batch${partial ? '?partial=true' : ''}`;
    return app.call('POST', path, { key, body: { bucketId: this.bucketId, dataPoints } });
  }

  /** The devices whose points are stored. */
  async devicesOf(dataSourceId: string, { app = this.server, before = 1000 } = {}): Promise<unknown[]> {
    const times = { startTime: isoTime(START), endTime: isoTime(START + 1000 * before) };
    const body = { bucketId: this.bucketId, filters: { dataSourceId, limit: 1000, ...times }, downsampling: false };
    const { body: answer } = await app.call('POST', '/api/data/query', { key: this.server.adminKey, body });
    return (answer.data as { metadata: { device: number } | null }[]).map(({ metadata }) => metadata?.device);
  }

  removePoints(dataSourceId: string, from: number, to: number): Promise<Answer> {
    const times = { startTime: isoTime(START + 1000 * from), endTime: isoTime(START + 1000 * to) };
    const body = { bucketId: this.bucketId, dataSourceId, ...times };
    return this.server.call('DELETE', '/api/data', { key: this.server.adminKey, body });
  }

  /** Runs a sweep without waiting for the interval between sweeps. */
  sweep(app = this.server) {
    this.later += 10 * SWEEP_WAIT_MILLIS;
    return app.app.get(MetadataSweep).sweepDue(this.later);
  }
}
