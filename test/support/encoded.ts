import { request, type IncomingHttpHeaders } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** An answer as it came over the wire, and its text. */
export interface EncodedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

export interface EncodedCall {
  readonly method?: string;
  readonly key?: string;
  readonly body?: unknown;
  /** The `Accept-Encoding` of the request. Without it, the request has none. */
  readonly accepts?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request with exactly this `Accept-Encoding`. `fetch` would add one, and hide the coding of the answer. */
export function callEncoded(url: string, call: EncodedCall = {}): Promise<EncodedAnswer> {
  const { body, method = body === undefined ? 'GET' : 'POST', key, accepts, headers } = call;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        headers: {
          ...(key !== undefined && { 'X-API-Key': key }),
          ...(accepts !== undefined && { 'Accept-Encoding': accepts }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = decoded(bytes, response.headers['content-encoding']).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, text });
        });
      },
    );
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function decoded(bytes: Buffer, encoding: string | undefined): Buffer {
  if (bytes.length === 0 || encoding === undefined) return bytes;
  return encoding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes);
}
