import { newId } from '../../src/common/ids';
import { Writer } from '../../src/database/writer';
import { Delivery } from '../../src/webhooks/delivery.entity';
import type { Answer, Call } from './call';
import { makeBucket, makeKey } from './make';
import type { Receiver } from './receiver';
import { startApp, type TestApp, type TestDatabase } from './test-app';

/** A bucket with one data source and keys, on a server that may post to the loopback. */
export interface AlertScene {
  readonly app: TestApp;
  readonly bucketId: string;
  readonly sourceId: string;
  readonly writeKey: string;
  readonly readKey: string;
  /** Creates a rule, and returns it with its secret. */
  makeRule(condition: string, more?: object): Promise<any>;
  /** Sends a point with the given age in milliseconds, by default now. */
  send(values: object, agoMillis?: number): Promise<Answer>;
  /** The rule as it is now. */
  rule(id: string): Promise<any>;
}

export const SCHEMA = { temperature: { type: 'number', unit: '°C' }, humidity: 'number', door: 'boolean' };
export const LOOPBACK_OPEN = { DAKKIO_WEBHOOK_ALLOW: '127.0.0.0/8' };

export async function startAlertScene(
  receiver: Receiver,
  environment: Record<string, string> = LOOPBACK_OPEN,
  database?: TestDatabase,
): Promise<AlertScene> {
  const app = await startApp(environment, database);
  const bucketId = await makeBucket(app);
  const writeKey = (await makeKey(app, bucketId, 'write')).key;
  const readKey = (await makeKey(app, bucketId, 'read')).key;
  const { body } = await app.call('POST', `/api/buckets/${bucketId}/sources`, {
    key: writeKey,
    body: { name: 'Rack 3', schema: SCHEMA },
  });
  const sourceId = body.dataSource._id as string;
  return {
    ...{ app, bucketId, sourceId, writeKey, readKey },
    async makeRule(condition, more = {}) {
      const wanted = {
        dataSourceId: sourceId,
        name: 'Too hot',
        condition,
        webhookUrl: `${receiver.url}/hook`,
        ...more,
      };
      const made = await app.call('POST', '/api/alerts', { key: writeKey, body: wanted });
      if (made.status !== 201) throw new Error(`No rule was made: ${JSON.stringify(made.body)}`);
      return made.body.alertRule;
    },
    send: (values, agoMillis) =>
      app.call('POST', '/api/data', {
        key: writeKey,
        body: { dataSourceId: sourceId, values, ...(agoMillis !== undefined && { timestamp: Date.now() - agoMillis }) },
      }),
    async rule(id) {
      return (await app.call('GET', `/api/alerts/${id}`, { key: writeKey })).body.alertRule;
    },
  };
}

/** A data source, and how to send points to it. */
export interface MadeSource {
  readonly sourceId: string;
  /** Sends a point with the given age in milliseconds, by default now. */
  readonly send: (values: object, agoMillis?: number) => Promise<Answer>;
}

/** Creates a separate data source, so that the alerts of one test do not fire in another. */
export async function ownSource(call: Call, key: string, bucketId: string, schema: object): Promise<MadeSource> {
  const { body } = await call('POST', `/api/buckets/${bucketId}/sources`, { key, body: { name: 'Own', schema } });
  const sourceId = body.dataSource._id as string;
  const send = (values: object, agoMillis = 0) =>
    call('POST', '/api/data', {
      key,
      body: { dataSourceId: sourceId, values, timestamp: Date.now() - agoMillis },
    });
  return { sourceId, send };
}

export interface MadeAlert {
  readonly alertId: string;
  readonly deliveryId: string;
}

/** A rule whose receiver is unreachable (port 9 of the loopback), and a failed delivery of it. */
export async function makeAlert(
  { app, call, adminKey }: TestApp,
  bucketId: string,
  dataSourceId: string,
  condition: string,
  name = 'Too hot',
): Promise<MadeAlert> {
  const wanted = { bucketId, dataSourceId, name, condition, webhookUrl: 'http://127.0.0.1:9/' };
  const alertId = (await call('POST', '/api/alerts', { key: adminKey, body: wanted })).body.alertRule._id as string;
  const failed: Delivery = {
    ...{
      id: newId(),
      webhookId: alertId,
      sequence: 0,
      event: 'alert.triggered',
      payload: '{}',
      summary: '{"title":"x","facts":[]}',
    },
    ...{ status: 'failed', attempts: 7, queuedAt: 1, responseStatus: 500, error: 'The receiver answered 500' },
    ...{ createdAt: 1, attemptedAt: 1 },
  };
  await app.get(Writer).write((manager) => manager.insert(Delivery, failed));
  return { alertId, deliveryId: failed.id };
}
