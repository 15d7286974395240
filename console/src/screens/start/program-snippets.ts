import { exampleValues, type Device } from './device';

function pointOf(device: Device) {
  return { dataSourceId: device.dataSourceId, values: exampleValues(device) };
}

/** In single quotes of a shell, a JSON text of ids and field names needs no escapes. */
export function curl(device: Device): string {
  return `curl -X POST '${device.serverUrl}/api/data' \\
  -H 'X-API-Key: ${device.key}' -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(pointOf(device))}'
`;
}

export function javaScript(device: Device): string {
  return `const response = await fetch('${device.serverUrl}/api/data', {
  method: 'POST',
  headers: { 'X-API-Key': '${device.key}', 'Content-Type': 'application/json' },
  body: JSON.stringify(${JSON.stringify(pointOf(device), null, 2).replaceAll('\n', '\n  ')}),
});
if (!response.ok) throw new Error(await response.text());
console.log('stored');
`;
}

export function python(device: Device): string {
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
