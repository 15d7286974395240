import { Data } from './data/data';
import { Connection, type ApiRequest, type CallOptions, type ClientOptions, type Method } from './http/connection';
import { Buckets } from './resources/buckets';
import { Keys } from './resources/keys';
import { Rules } from './resources/rules';
import { Sources } from './resources/sources';

/** What a request outside the typed calls has. */
export type RequestOptions = CallOptions & Pick<ApiRequest, 'query' | 'body' | 'idempotencyKey' | 'isRepeatable'>;

/** A Dakkio server, with one API key. */
export class DakkioClient {
  readonly buckets: Buckets;
  readonly keys: Keys;
  readonly sources: Sources;
  readonly rules: Rules;
  readonly data: Data;
  readonly #connection: Connection;

  constructor(options: ClientOptions) {
    this.#connection = new Connection(options);
    this.buckets = new Buckets(this.#connection);
    this.keys = new Keys(this.#connection);
    this.sources = new Sources(this.#connection);
    this.rules = new Rules(this.#connection);
    this.data = new Data(this.#connection);
  }

  /** Uses another key from now on, also in writers and in streams when they reconnect. */
  useKey(key: string): void {
    this.#connection.useKey(key);
  }

  /** Calls a route that has no method here: `client.request('GET', '/api/audit', { query: { limit: 10 } })`. */
  request<T = unknown>(method: Method, path: `/${string}`, options?: RequestOptions): Promise<T> {
    return this.#connection.json<T>(method, path, options);
  }
}
