import type { FieldType } from '../../../../src/sources/schema';
import { mainField, type Device } from './device';

/** How a sketch reads a value, and turns it into JSON. */
const SKETCHES: Readonly<
  Record<FieldType, { readonly type: string; readonly example: string; readonly json: string }>
> = {
  number: { type: 'float', example: '21.5', json: 'String(readSensor())' },
  boolean: { type: 'bool', example: 'true', json: 'String(readSensor() ? "true" : "false")' },
  string: { type: 'String', example: '"on"', json: 'String("\\"") + readSensor() + "\\""' },
};

export function arduino(device: Device): string {
  const isSecure = device.serverUrl.startsWith('https:');
  const client = isSecure ? 'WiFiClientSecure' : 'WiFiClient';
  const field = mainField(device);
  const sketch = SKETCHES[field.type];
  return `#ifdef ESP8266
#include <ESP8266WiFi.h>
#include <ESP8266HTTPClient.h>
#else
#include <WiFi.h>
#include <HTTPClient.h>
#endif
${isSecure ? '#include <WiFiClientSecure.h>\n' : ''}
const char* WIFI_NAME = "YOUR_WIFI";
const char* WIFI_PASSWORD = "YOUR_PASSWORD";

${sketch.type} readSensor() {
  return ${sketch.example};  // your sensor here
}

void setup() {
  Serial.begin(115200);
  WiFi.mode(WIFI_STA);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
}

void loop() {
  if (WiFi.status() == WL_CONNECTED) {
    ${client} client;
${isSecure ? '    client.setInsecure();  // encrypted, but the certificate is not checked\n' : ''}    HTTPClient http;
    http.begin(client, "${device.serverUrl}/api/data");
    http.addHeader("X-API-Key", "${device.key}");
    http.addHeader("Content-Type", "application/json");
    String point = "{\\"dataSourceId\\":\\"${device.dataSourceId}\\",\\"values\\":{\\"${field.name}\\":" + ${sketch.json} + "}}";
    Serial.println(http.POST(point));  // 201: stored
    http.end();
  }
  delay(10000);
}
`;
}

/** How Home Assistant turns the state of an entity, which is text, into a value of a type and then into JSON. */
const STATES = {
  number: {
    entity: 'sensor.living_room_temperature',
    isKnown: '{{ is_number(trigger.to_state.state) }}',
    value: '{{ trigger.to_state.state }}',
    json: '{{ value }}',
  },
  boolean: {
    entity: 'binary_sensor.living_room_window',
    isKnown: "{{ trigger.to_state.state in ['on', 'off'] }}",
    value: "{{ trigger.to_state.state == 'on' }}",
    json: '{{ value | lower }}',
  },
  string: {
    entity: 'climate.living_room',
    isKnown: "{{ trigger.to_state.state not in ['unknown', 'unavailable'] }}",
    value: '{{ trigger.to_state.state }}',
    json: '{{ value | string | to_json }}',
  },
} as const satisfies Record<FieldType, object>;

export function homeAssistant(device: Device): string {
  const field = mainField(device);
  const state = STATES[field.type];
  return `rest_command:
  dakkio:
    url: "${device.serverUrl}/api/data"
    method: post
    content_type: "application/json"
    headers:
      X-API-Key: "${device.key}"
    payload: '{"dataSourceId":"${device.dataSourceId}","values":{"${field.name}":${state.json}}}'

automation:
  - alias: "Send ${field.name} to Dakkio"
    triggers:
      - trigger: state
        entity_id: ${state.entity}
    conditions: "${state.isKnown}"
    actions:
      - action: rest_command.dakkio
        data:
          value: "${state.value}"
`;
}

/** The load as a value of each type, in JSONata. */
const LOADS: Readonly<Record<FieldType, string>> = {
  number: 'fields.load1',
  boolean: 'fields.load1 >= 1',
  string: '$string(fields.load1)',
};

/** `namepass` leaves the metrics of other inputs out: a batch without a point would be refused, and sent again for ever. */
export function telegraf(device: Device): string {
  const { name, type } = mainField(device);
  const point = `{"dataSourceId": "${device.dataSourceId}", "timestamp": timestamp, "values": {"${name}": ${LOADS[type]}}}`;
  return `[[inputs.system]]
  fieldinclude = ["load1"]

[[outputs.http]]
  namepass = ["system"]
  url = "${device.serverUrl}/api/data/batch?partial=true"
  data_format = "json"
  json_timestamp_units = "1ms"
  json_transformation = '{"dataPoints": [metrics[$exists(fields.load1)].${point}]}'
  [outputs.http.headers]
    Content-Type = "application/json"
    X-API-Key = "${device.key}"
`;
}
