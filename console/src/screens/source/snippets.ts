/** What stands where the key belongs: the console never writes it into a text. */
export const KEY_PLACE = 'YOUR_API_KEY';

export interface Snippet {
  readonly name: 'curl' | 'JavaScript' | 'Python';
  readonly text: string;
}

/** The same query for a terminal and for programs. */
export function snippetsOf(url: string, body: object): Snippet[] {
  const json = JSON.stringify(body, null, 2);
  return [
    { name: 'curl', text: curlOf(url, json) },
    { name: 'JavaScript', text: javaScriptOf(url, json) },
    { name: 'Python', text: pythonOf(url, json) },
  ];
}

function curlOf(url: string, json: string): string {
  // A quote ends the text of the shell, stands for itself, and begins it again.
  const quoted = json.replaceAll("'", `'\\''`);
  return `curl -X POST '${url}' \\\n  -H 'X-API-Key: ${KEY_PLACE}' -H 'Content-Type: application/json' \\\n  -d '${quoted}'\n`;
}

function javaScriptOf(url: string, json: string): string {
  return `const response = await fetch(${JSON.stringify(url)}, {
  method: 'POST',
  headers: { 'X-API-Key': '${KEY_PLACE}', 'Content-Type': 'application/json' },
  body: JSON.stringify(${json.replaceAll('\n', '\n  ')}),
});
console.log(await response.json());
`;
}

function pythonOf(url: string, json: string): string {
  return `import json
import urllib.request

query = json.loads(${JSON.stringify(json.replaceAll(/\s*\n\s*/g, ' '))})
request = urllib.request.Request(
    ${JSON.stringify(url)},
    data=json.dumps(query).encode(),
    headers={"X-API-Key": "${KEY_PLACE}", "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as response:
    print(json.load(response))
`;
}
