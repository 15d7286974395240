import type { Device } from '../../console/src/screens/start/device';
import { deviceSnippets } from '../../console/src/screens/start/device-snippets';

const device: Device = {
  serverUrl: 'http://192.168.1.5:3000/dakkio',
  key: `dakkio_w_${'k'.repeat(36)}`,
  dataSourceId: '507f1f77bcf86cd799439014',
  fields: [
    { name: 'window', type: 'boolean' },
    { name: 'temperature', type: 'number' },
    { name: 'mode', type: 'string' },
  ],
};
const textOf = (id: string, more: Partial<Device> = {}) =>
  deviceSnippets({ ...device, ...more }).find((one) => one.id === id)?.text ?? '';

it.each(deviceSnippets(device).map(({ id }) => id))(
  'the program for %s has the address, the key and the data source',
  (id) => {
    const text = textOf(id);
    expect(text).toContain('http://192.168.1.5:3000/dakkio/api/data');
    expect(text.split(device.key)).toHaveLength(2);
    expect(text).toContain(device.dataSourceId);
  },
);

it('sends a value of each type', () => {
  const [, point = '{}'] = /-d '(.*)'/.exec(textOf('curl')) ?? [];
  expect(JSON.parse(point)).toEqual({
    dataSourceId: device.dataSourceId,
    values: { window: true, temperature: 21.5, mode: 'on' },
  });
  expect(textOf('python')).toContain('{"window": True, "temperature": 21.5, "mode": "on"}');
});

it('sends the first number where a program sends one value', () => {
  expect(textOf('arduino')).toContain('\\"values\\":{\\"temperature\\":" + String(readSensor())');
  expect(textOf('home-assistant')).toContain('"values":{"temperature":{{ value }}}}');
  expect(textOf('telegraf')).toContain('"values": {"temperature": fields.load1}');
});

it('encrypts on the way where the server does', () => {
  expect(textOf('arduino')).not.toContain('WiFiClientSecure');
  expect(textOf('arduino', { serverUrl: 'https://data.example.com' })).toContain('WiFiClientSecure client;');
});
