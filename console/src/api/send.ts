import { sessions } from '../session/session-store';
import { noteReachable } from './connection';
import { ApiProblem, problemOf, UNREACHABLE } from './problem';
import { SERVER_URL } from './server';

/**
 * `fetch` with the key of the session, for requests to this server. A 401 closes the session, which leads to the sign-in page.
 *
 * @throws ApiProblem where no response comes; an AbortError where the caller gave up
 */
export async function sendWithKey(request: Request): Promise<Response> {
  const { key } = sessions.open ?? {};
  if (key !== undefined) request.headers.set('X-API-Key', key);
  const response = await reach(request);
  if (response.status === 401 && key !== undefined) sessions.close('refused', key);
  return response;
}

async function reach(request: Request): Promise<Response> {
  try {
    // The key in the header is all that identifies the caller.
    const response = await fetch(request, { credentials: 'omit', cache: 'no-store' });
    noteReachable(true);
    return response;
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    noteReachable(false);
    throw new ApiProblem(UNREACHABLE, { status: 0 });
  }
}

export interface JsonRequest {
  readonly method?: string;
  readonly body?: object;
  /** Instead of the key of the session. */
  readonly key?: string;
  /** The request outlives the page. */
  readonly keepalive?: boolean;
}

/**
 * Sends a request outside the typed client: before there is a session, or with another key.
 *
 * @throws ApiProblem for anything but a success
 */
export async function sendJson(
  path: string,
  { method = 'GET', body, key, keepalive }: JsonRequest = {},
): Promise<unknown> {
  const headers = new Headers({ Accept: 'application/json' });
  if (key !== undefined) headers.set('X-API-Key', key);
  if (body) headers.set('Content-Type', 'application/json');
  const init: RequestInit = {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
    ...(keepalive && { keepalive }),
  };
  const response = await reach(new Request(SERVER_URL + path, init));
  const text = await response.text();
  const parsed = parsedOrText(text);
  if (!response.ok) throw problemOf(response, parsed);
  return parsed;
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
