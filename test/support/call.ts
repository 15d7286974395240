import { version } from '../../package.json';
import { keysIn } from './canary';
import { send } from './http-client';

/** What `GET /health/ready` answers while nothing is wrong. */
export const READY = { status: 'ok', version };

/** What came back. `body` is the parsed JSON, or the text where it is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

export interface CallOptions {
  readonly key?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

/** A client of the server at this address: JSON in, JSON out. A text as body is sent as it is. Throws where a whole key stands in a reply that makes none. */
export function caller(url: string): Call {
  return async (method, path, { key, body, headers = {} } = {}) => {
    const {
      status,
      headers: received,
      text,
    } = await send(url + path, {
      method,
      headers: {
        ...(key !== undefined && { 'X-API-Key': key }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    if (status !== 201 && keysIn(text).length > 0) throw new Error(`A reply that makes no key shows one: ${text}`);
    return { status, headers: received, body: parsed(text) };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
