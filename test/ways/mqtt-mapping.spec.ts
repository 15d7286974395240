import fc from 'fast-check';
import { mapMessage } from '../../src/mqtt/mapping/map-message';
import { TOPICS } from '../../src/mqtt/mapping/topic-table';
import { topicMatcher } from '../../src/mqtt/mapping/topic-pattern';
import { repetitions } from '../support/repetitions';

const NOW = Date.parse('2026-01-15T10:00:00Z');

function map(topic: string, payload: string | Buffer | object) {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const sent = Buffer.isBuffer(bytes) ? bytes : Buffer.from(JSON.stringify(bytes));
  const { points, problems } = mapMessage({ topic, payload: sent, nowMillis: NOW });
  return {
    points: points.map(({ series, values, at, metadata, dataSourceId }) => ({
      source: [series.measurement, ...series.tags.map((tag) => tag.join('='))].join(),
      values,
      ...(at !== undefined && { at }),
      ...(metadata && { metadata }),
      ...(dataSourceId && { dataSourceId }),
    })),
    problems: problems.map(({ fault, sentence }) => `${fault}: ${sentence}`),
  };
}

describe('messages of devices', () => {
  it.each<[device: string, topic: string, payload: string | object, points: object[]]>([
    [
      'Tasmota SENSOR',
      'tele/tasmota_5D21A8/SENSOR',
      '{"Time":"2026-01-15T11:00:05","ENERGY":{"TotalStartTime":"2025-03-01T12:11:58","Total":153.298,"Yesterday":0.712,"Today":0.304,"Period":4,"Power":48,"ApparentPower":66,"Factor":0.73,"Voltage":231,"Current":0.286}}',
      [
        {
          source: 'tele/tasmota_5D21A8/SENSOR',
          values: {
            ENERGY_TotalStartTime: '2025-03-01T12:11:58',
            ENERGY_Total: 153.298,
            ENERGY_Yesterday: 0.712,
            ENERGY_Today: 0.304,
            ENERGY_Period: 4,
            ENERGY_Power: 48,
            ENERGY_ApparentPower: 66,
            ENERGY_Factor: 0.73,
            ENERGY_Voltage: 231,
            ENERGY_Current: 0.286,
          },
        },
      ],
    ],
    [
      'Tasmota STATE',
      'tele/desk/STATE',
      '{"Time":"2026-01-15T11:00:05","Uptime":"1T02:03:04","UptimeSec":93784,"Heap":26,"SleepMode":"Dynamic","LoadAvg":19,"MqttCount":1,"POWER":"ON","Wifi":{"AP":1,"SSId":"home","Channel":6,"RSSI":78,"Signal":-61}}',
      [
        {
          source: 'tele/desk/STATE',
          values: {
            ...{ Uptime: '1T02:03:04', UptimeSec: 93784, Heap: 26, SleepMode: 'Dynamic', LoadAvg: 19, MqttCount: 1 },
            ...{ POWER: 'ON', Wifi_AP: 1, Wifi_SSId: 'home', Wifi_Channel: 6, Wifi_RSSI: 78, Wifi_Signal: -61 },
          },
        },
      ],
    ],
    ['Tasmota LWT', 'tele/desk/LWT', 'Online', [{ source: 'tele/desk/LWT', values: { value: true } }]],
    ['Tasmota LWT', 'tele/desk/LWT', 'Offline', [{ source: 'tele/desk/LWT', values: { value: false } }]],
    ['Tasmota POWER', 'stat/desk/POWER', 'OFF', [{ source: 'stat/desk/POWER', values: { value: false } }]],
    [
      'Shelly 2 notification',
      'shellyplus1pm-a8032ab12345/events/rpc',
      '{"src":"shellyplus1pm-a8032ab12345","dst":"shellyplus1pm-a8032ab12345/events","method":"NotifyStatus","params":{"ts":1768471200.25,"switch:0":{"id":0,"apower":8.9,"aenergy":{"by_minute":[101.5,0,2],"minute_ts":1768471199,"total":6.532},"output":true,"errors":null}}}',
      [
        {
          source: 'shellyplus1pm-a8032ab12345/switch:0',
          at: 1_768_471_200_250,
          values: {
            ...{ apower: 8.9, aenergy_by_minute_0: 101.5, aenergy_by_minute_1: 0, aenergy_by_minute_2: 2 },
            ...{ aenergy_minute_ts: 1768471199, aenergy_total: 6.532, output: true },
          },
        },
      ],
    ],
    [
      'Shelly 3 with two components and a prefix of two levels, before its clock is set',
      'cellar/shelly/events/rpc',
      { method: 'NotifyFullStatus', params: { ts: 12.5, 'em:0': { id: 0, a_voltage: 230.1 }, sys: { uptime: 12 } } },
      [
        { source: 'cellar/shelly/em:0', values: { a_voltage: 230.1 } },
        { source: 'cellar/shelly/sys', values: { uptime: 12 } },
      ],
    ],
    [
      'Shelly 2 event, which has no values',
      'shelly/events/rpc',
      { method: 'NotifyEvent', params: { ts: 1768471200, events: [{ component: 'input:0', event: 'single_push' }] } },
      [],
    ],
    [
      'Shelly 2 status',
      'shellyplus1pm-a8032ab12345/status/switch:0',
      '{"id":0,"source":"init","output":false,"apower":0.0,"voltage":231.4,"aenergy":{"total":6.53},"temperature":{"tC":41.2,"tF":106.2}}',
      [
        {
          source: 'shellyplus1pm-a8032ab12345/switch:0',
          values: {
            ...{ source: 'init', output: false, apower: 0, voltage: 231.4, aenergy_total: 6.53 },
            ...{ temperature_tC: 41.2, temperature_tF: 106.2 },
          },
        },
      ],
    ],
    ['Shelly 2 online', 'shelly/online', 'true', [{ source: 'shelly/online', values: { value: true } }]],
    [
      'Shelly 1 power',
      'shellies/shelly1pm-B1E31D/relay/0/power',
      '23.40',
      [{ source: 'shellies/shelly1pm-B1E31D/relay/0/power', values: { value: 23.4 } }],
    ],
    ['Shelly 1 relay', 'shellies/plug/relay/0', 'on', [{ source: 'shellies/plug/relay/0', values: { value: true } }]],
    [
      'Zigbee2MQTT',
      'zigbee2mqtt/living room/climate',
      '{"battery":97,"humidity":48.21,"linkquality":102,"power_outage_count":3,"temperature":21.37,"voltage":3025,"occupancy":false,"color":{"x":0.3,"y":0.4},"update":{"installed_version":5,"latest_version":null,"state":"idle"},"last_seen":"2026-01-15T10:59:59+01:00"}',
      [
        {
          source: 'zigbee2mqtt/living room/climate',
          values: {
            ...{ battery: 97, humidity: 48.21, linkquality: 102, power_outage_count: 3, temperature: 21.37 },
            ...{ voltage: 3025, occupancy: false, color_x: 0.3, color_y: 0.4, update_installed_version: 5 },
            ...{ update_state: 'idle', last_seen: '2026-01-15T10:59:59+01:00' },
          },
        },
      ],
    ],
    ['Zigbee2MQTT about itself', 'zigbee2mqtt/bridge/devices', '[{"ieee_address":"0x0"}]', []],
    ['Zigbee2MQTT about itself', 'home/zigbee2mqtt/bridge/state', '{"state":"online"}', []],
    ['a broker about itself', '$SYS/broker/uptime', '12 seconds', []],
    ["Home Assistant's discovery", 'homeassistant/sensor/x/config', '{"name":"x"}', []],
    [
      'ESPHome sensor',
      'weather/sensor/outside_temperature/state',
      '-3.5',
      [{ source: 'weather/sensor/outside_temperature/state', values: { value: -3.5 } }],
    ],
    ['ESPHome sensor without a value', 'weather/sensor/outside_temperature/state', 'nan', []],
    [
      'ESPHome binary sensor',
      'weather/binary_sensor/door/state',
      'ON',
      [{ source: 'weather/binary_sensor/door/state', values: { value: true } }],
    ],
    [
      'ESPHome text sensor',
      'weather/sensor/version/state',
      '2026.1.0 build 7',
      [{ source: 'weather/sensor/version/state', values: { value: '2026.1.0 build 7' } }],
    ],
    ['ESPHome status', 'weather/status', 'offline', [{ source: 'weather/status', values: { value: false } }]],
    [
      'Telegraf',
      'telegraf/server-1/cpu',
      'cpu,cpu=cpu0,host=server-1 usage_idle=98.5,usage_user=1i 1768471200000000000\ncpu,cpu=cpu1,host=server-1 usage_idle=97 1768471200000000000\n',
      [
        { source: 'cpu,cpu=cpu0,host=server-1', at: NOW, values: { usage_idle: 98.5, usage_user: 1 } },
        { source: 'cpu,cpu=cpu1,host=server-1', at: NOW, values: { usage_idle: 97 } },
      ],
    ],
    [
      'Telegraf with another prefix',
      'metrics/server-1',
      'mem,host=server-1 used=5i 1768471200000000000',
      [{ source: 'mem,host=server-1', at: NOW, values: { used: 5 } }],
    ],
  ])('%s: %s', (_device, topic, payload, points) => {
    expect(map(topic, payload)).toEqual({ points, problems: [] });
  });

  it('tries each row of the table', () => {
    const samples = ['tele/a/SENSOR', 'stat/a/POWER', 'zigbee2mqtt/a', 'shellies/a/relay/0', 'a/sensor/b/state'];
    const others = ['$SYS/a', 'homeassistant/a', 'a/bridge/b', 'telegraf/a', 'a/events/rpc', 'a/status/switch:0'];
    for (const { pattern } of TOPICS)
      expect(
        [...samples, ...others].filter((topic) => topicMatcher(pattern)(topic.split('/')) !== undefined),
      ).not.toEqual([]);
  });
});

describe('messages of our own form', () => {
  it('has values, a time, metadata and a data source', () => {
    const dataSourceId = '65a5f0c2e4b0a1b2c3d4e5f6';
    const point = { values: { t: 21.5, note: null }, timestamp: '2026-01-15T09:00:00Z', metadata: { room: 'north' } };
    const stored = { source: 'greenhouse', at: NOW - 3_600_000, metadata: '{"room":"north"}' };
    expect(map('greenhouse', point)).toEqual({ points: [{ ...stored, values: { t: 21.5 } }], problems: [] });
    expect(map('greenhouse', [point, { dataSourceId, values: { t: 1 } }])).toEqual({
      points: [
        { ...stored, values: { t: 21.5 } },
        { source: 'greenhouse', dataSourceId, values: { t: 1 } },
      ],
      problems: [],
    });
  });

  it('can be a batch as over HTTP, without the bucket', () => {
    const dataPoints = [{ values: { t: 1 } }, { values: { t: 2 } }];
    expect(map('a', { dataPoints }).points.map(({ values }) => values)).toEqual([{ t: 1 }, { t: 2 }]);
    expect(map('a', { bucketId: '65a5f0c2e4b0a1b2c3d4e5f6', dataPoints })).toEqual({
      points: [],
      problems: ['payload: Send dataPoints alone: the key decides the bucket'],
    });
  });

  it.each<[why: string, payload: object, problem: string]>([
    ['a time in seconds', { values: { t: 1 }, timestamp: 1768471200 }, 'looks like seconds'],
    ['an unknown property', { values: { t: 1 }, at: 1 }, 'Unknown property: at'],
    ['no values', { values: {} }, 'values must be an object'],
    ['a value of another kind', { values: { t: [1] } }, 'values.t must be a number'],
    ['a bad id', { values: { t: 1 }, dataSourceId: 'x' }, 'Invalid data source ID format'],
    ['a point of an array', [{ values: { t: 1 } }, { values: { t: {} } }], 'point 1: values.t must'],
    ['an array of numbers', [1, 2], 'An array must consist of points'],
    ['too many points', Array.from({ length: 1001 }, () => ({ values: { t: 1 } })), 'up to 1000 points'],
  ])('refuses %s', (_why, payload, problem) => {
    const { problems } = map('greenhouse', payload);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it('refuses names that would change prototypes', () => {
    expect(map('a', '{"values":{"__proto__":1}}').problems).toEqual([expect.stringContaining('__proto__')]);
    expect(map('a', '{"__proto__":1,"b":2}').points).toEqual([{ source: 'a', values: { b: 2 } }]);
  });
});

describe('messages that cannot be stored', () => {
  it.each<[string, string, string | Buffer, string]>([
    ['damaged JSON', 'a', '{"t":1', 'payload: The payload begins like JSON, and is not valid JSON'],
    ['bytes that are no text', 'a', Buffer.from([0xff, 0xd8, 0xff]), 'payload: The payload is not text in UTF-8'],
    ['a wildcard in the topic', 'a/#', '1', 'topic: A topic must not be empty or contain + or #'],
    ['a control character in the topic', 'a\nb', '1', 'topic: the topic contains characters that cannot be displayed'],
    ['a topic of more than 255 bytes', 'a'.repeat(256), '1', 'topic: a topic is longer than 255 bytes'],
    ['a NUL character', 'a', 'x\0y', 'payload: The payload contains a NUL character'],
  ])('says why: %s', (_what, topic, payload, problem) => {
    expect(map(topic, payload)).toEqual({ points: [], problems: [problem] });
  });

  it('stores the valid lines of a message, and names the others', () => {
    expect(map('telegraf/a', 'm f=1 1768471200000000000\nbad\n')).toEqual({
      points: [{ source: 'm', at: NOW, values: { f: 1 } }],
      problems: ['payload: line 2: missing fields'],
    });
  });
});

it('throws for no topic and payload', () => {
  const topics = fc.oneof(
    fc.string(),
    fc.constantFrom('tele/a/SENSOR', 'a/events/rpc', 'telegraf/a', 'a/status/b', 'a'),
  );
  const payloads = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc.string().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(topics, payloads, (topic, payload) => {
      const { points } = mapMessage({ topic, payload, nowMillis: NOW });
      for (const { values } of points)
        for (const value of Object.values(values)) expect(['number', 'string', 'boolean']).toContain(typeof value);
    }),
    { numRuns: repetitions(200, 2000) },
  );
});
