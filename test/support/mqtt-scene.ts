import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { MqttServer } from '../../src/mqtt/mqtt-server';
import { makeBucket, makeKey } from './make';
import { startApp, type TestApp, type TestDatabase } from './test-app';

/** The application with MQTT on a free port, and a bucket with keys. */
export interface MqttScene extends TestApp {
  readonly mqttPort: number;
  /** Connects a client, which is ended with the scene. Rejects with the error of a refused one. */
  connect(options?: IClientOptions): Promise<MqttClient>;
  bucketId: string;
  key: string;
  keyId: string;
  reader: string;
  /** Begins a new bucket with keys of its own. */
  renew(): Promise<void>;
  /** What is stored in the bucket: name of the source, time in milliseconds, values. */
  stored(): Promise<[source: string, at: number, values: Record<string, unknown>][]>;
  /** The values of one source, oldest first. */
  valuesOf(source: string): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
}

export async function startMqtt(environment: Record<string, string> = {}, database?: TestDatabase): Promise<MqttScene> {
  const server = await startApp({ DAKKIO_MQTT_PORT: '0', ...environment }, database);
  const mqttPort = server.app.get(MqttServer).ports[0]?.port ?? 0;
  const clients: MqttClient[] = [];
  const scene: MqttScene = {
    ...server,
    ...{ mqttPort, bucketId: '', key: '', keyId: '', reader: '' },
    connect: (options = {}) => {
      const all = { reconnectPeriod: 0, connectTimeout: 10_000, username: 'any', password: scene.key, ...options };
      return new Promise((resolve, reject) => {
        const client = connect(`mqtt://127.0.0.1:${mqttPort}`, all);
        clients.push(client);
        client.on('connect', () => resolve(client));
        client.on('error', reject);
        client.on('close', () => reject(new Error('closed')));
      });
    },
    renew: async () => {
      scene.bucketId = await makeBucket(server, 'Home');
      const made = await makeKey(server, scene.bucketId, 'write');
      scene.key = made.key;
      scene.keyId = made._id;
      scene.reader = (await makeKey(server, scene.bucketId, 'read')).key;
    },
    stored: async () => {
      const { bucketId, reader: key } = scene;
      const { body } = await server.call('GET', `/api/buckets/${bucketId}/sources?limit=1000`, { key });
      const names = new Map(body.dataSources.map(({ _id, name }: any) => [_id, name]));
      const query = { bucketId, downsampling: false, filters: { limit: 10_000, sort: 'asc' } };
      const read = await server.call('POST', '/api/data/query', { key, body: query });
      return read.body.data.map(({ dataSourceId, timestamp, values }: any) => [
        names.get(dataSourceId),
        Date.parse(timestamp),
        values,
      ]);
    },
    valuesOf: async (source) => {
      const all = await scene.stored();
      return all.filter(([name]) => name === source).map(([, , values]) => values);
    },
    end: async () => {
      await Promise.all(clients.map((client) => client.endAsync(true)));
      await server.stop();
    },
  };
  await scene.renew();
  return scene;
}
