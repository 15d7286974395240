import createClient from 'openapi-fetch';
import { problemOf } from './problem';
import type { components, paths } from '../../../clients/typescript/src/api/schema';
import { sendWithKey } from './send';
import { SERVER_URL } from './server';

/** The API of the server, with the types of its OpenAPI document. Use it with `answer`. */
export const api = createClient<paths>({ baseUrl: SERVER_URL, fetch: sendWithKey });

/** A type of the API by its name: `Api<'BucketView'>`. */
export type Api<Name extends keyof components['schemas']> = components['schemas'][Name];

interface Outcome {
  readonly data?: unknown;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The body of a successful response: `await answer(api.GET('/api/buckets'))`.
 *
 * @throws ApiProblem for any other
 */
export async function answer<T extends Outcome>(call: Promise<T>): Promise<Exclude<T['data'], undefined>> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response, error);
  return data as Exclude<T['data'], undefined>;
}
