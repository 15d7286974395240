import type { FieldType } from '../../../../src/sources/schema';

/** What a device sends, and where to. */
export interface Device {
  /** `http://192.168.1.5:3000`, without a slash at the end. */
  readonly serverUrl: string;
  readonly key: string;
  readonly dataSourceId: string;
  readonly fields: readonly { readonly name: string; readonly type: FieldType }[];
}

export interface DeviceSnippet {
  readonly id: string;
  readonly name: string;
  /** Where it belongs, and what it needs. */
  readonly about: string;
  readonly text: string;
}

/** Programs and settings that send points of a device, complete but for their own sensor. */
export function deviceSnippets(device: Device): DeviceSnippet[] {
  return [
    { id: 'curl', name: 'curl', about: 'Paste it into a terminal. It sends one point.', text: curl(device) },
    {
      id: 'javascript',
      name: 'JavaScript',
      about: 'Save it as send.mjs and run it with Node 18 or later. It needs no package.',
      text: javaScript(device),
    },
    {
      id: 'python',
      name: 'Python',
      about: 'Save it as send.py and run it with Python 3. It needs no package.',
      text: python(device),
    },
    {
      id: 'arduino',
      name: 'Arduino',
      about: 'A sketch for ESP32 and ESP8266. Fill in your Wi-Fi, and read your sensor in readSensor.',
      text: arduino(device),
    },
    {
      id: 'home-assistant',
      name: 'Home Assistant',
      about: 'Add it to configuration.yaml, name your sensor in entity_id, and restart Home Assistant.',
      text: homeAssistant(device),
    },
    {
      id: 'telegraf',
      name: 'Telegraf',
      about: 'Add it to telegraf.conf. It sends the load of the machine; replace the input and its field with yours.',
      text: telegraf(device),
    },
  ];
}

const EXAMPLES: Readonly<Record<FieldType, number | boolean | string>> = { number: 21.5, boolean: true, string: 'on' };

function exampleValues({ fields }: Device): Record<string, number | boolean | string> {
  return Object.fromEntries(fields.map(({ name, type }) => [name, EXAMPLES[type]]));
}

function pointOf(device: Device) {
  return { dataSourceId: device.dataSourceId, values: exampleValues(device) };
}

function firstNumber({ fields }: Device): string {
  return (fields.find(({ type }) => type === 'number') ?? fields[0])?.name ?? 'value';
}

/** In single quotes of a shell, of YAML or of TOML, a JSON text of ids and field names needs no escapes. */
function curl(device: Device): string {
  return `curl -X POST '${device.serverUrl}/api/data' \\
  -H 'X-API-Key: ${device.key}' -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(pointOf(device))}'
`;
}

function javaScript(device: Device): string {
  return `const response = await fetch('${device.serverUrl}/api/data', {
  method: 'POST',
  headers: { 'X-API-Key': '${device.key}', 'Content-Type': 'application/json' },
  body: JSON.stringify(${JSON.stringify(pointOf(device), null, 2).replaceAll('\n', '\n  ')}),
});
if (!response.ok) throw new Error(await response.text());
console.log('stored');
`;
}

function python(device: Device): string {
  const values = Object.entries(exampleValues(device))
    .map(([name, value]) => `"${name}": ${typeof value === 'boolean' ? 'True' : JSON.stringify(value)}`)
    .join(', ');
  return `import json
import urllib.request

point = {"dataSourceId": "${device.dataSourceId}", "values": {${values}}}
request = urllib.request.Request(
    "${device.serverUrl}/api/data",
    data=json.dumps(point).encode(),
    headers={"X-API-Key": "${device.key}", "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as response:
    print("stored", response.status)
`;
}

function arduino(device: Device): string {
  const isSecure = device.serverUrl.startsWith('https:');
  const client = isSecure ? 'WiFiClientSecure' : 'WiFiClient';
  const field = firstNumber(device);
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

float readSensor() {
  return 21.5;  // your sensor here
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
    String point = "{\\"dataSourceId\\":\\"${device.dataSourceId}\\",\\"values\\":{\\"${field}\\":" + String(readSensor()) + "}}";
    Serial.println(http.POST(point));  // 201: stored
    http.end();
  }
  delay(10000);
}
`;
}

function homeAssistant(device: Device): string {
  const field = firstNumber(device);
  return `rest_command:
  dakkio:
    url: "${device.serverUrl}/api/data"
    method: post
    content_type: "application/json"
    headers:
      X-API-Key: "${device.key}"
    payload: '{"dataSourceId":"${device.dataSourceId}","values":{"${field}":{{ value }}}}'

automation:
  - alias: "Send ${field} to Dakkio"
    triggers:
      - trigger: state
        entity_id: sensor.living_room_temperature
    conditions: "{{ is_number(trigger.to_state.state) }}"
    actions:
      - action: rest_command.dakkio
        data:
          value: "{{ trigger.to_state.state }}"
`;
}

function telegraf(device: Device): string {
  const point = `{"dataSourceId": "${device.dataSourceId}", "timestamp": timestamp, "values": {"${firstNumber(device)}": fields.load1}}`;
  return `[[inputs.system]]
  fieldinclude = ["load1"]

[[outputs.http]]
  url = "${device.serverUrl}/api/data/batch?partial=true"
  data_format = "json"
  json_timestamp_units = "1ms"
  json_transformation = '{"dataPoints": [metrics[$exists(fields.load1)].${point}]}'
  [outputs.http.headers]
    Content-Type = "application/json"
    X-API-Key = "${device.key}"
`;
}
