import { LineWriter } from '../../src/ingest/line-protocol/line-writer';
import { makeKey } from '../support/make';
import { startMqtt, type MqttScene } from '../support/mqtt-scene';

const LINES = 900;
const START = Date.UTC(2024, 0, 15);

let scene: MqttScene;
beforeAll(async () => (scene = await startMqtt()));
beforeEach(() => scene.renew());
afterAll(() => scene.end());
afterEach(() => jest.restoreAllMocks());

/** Publishes a message of lines. Returns how many lines were stored at once. */
async function partsOf(measurement: string): Promise<number[]> {
  const write = jest.spyOn(scene.app.get(LineWriter), 'write');
  const client = await scene.connect();
  const lines = Array.from({ length: LINES }, (_, index) => `${measurement} v=${index} ${START + index}000000`);
  await client.publishAsync('lines', lines.join('\n'), { qos: 1 });
  return write.mock.calls.map(([, blocks]) => blocks.reduce((sum, { length }) => sum + length, 0));
}

it('stores the lines of a message together', async () => {
  expect(await partsOf('alone')).toEqual([LINES]);
});

it('stores them in smaller parts while another key stores points', async () => {
  const { key: password } = await makeKey(scene, scene.bucketId, 'write');
  const other = await scene.connect({ password });
  await other.publishAsync('other', '1', { qos: 1 });
  expect(await partsOf('shared')).toEqual([250, 250, 250, 150]);
  const values = await scene.valuesOf('shared');
  expect(values.map(({ v }) => v)).toEqual(Array.from({ length: LINES }, (_, index) => index));
});
