import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { isIP } from 'node:net';
import type { OpenRange } from '../../common/open-ranges';
import { chooseAddresses } from './address-choice';
import { mayConnect } from './address-guard';
import { raced, startDeadline } from './deadline';
import { NameLookup } from './name-lookup';
import { readRetryAfter } from './retry-after';
import type { Target } from './webhook-url';

/** The result of one attempt. */
export interface Attempt {
  /** The status of the response, or null if there was none. */
  readonly status: number | null;
  /** Why it failed, in a sentence for the owner of the rule; null if it succeeded. */
  readonly error: string | null;
  /** The receiver's `Retry-After`, in milliseconds. */
  readonly retryAfterMillis: number | null;
  readonly durationMillis: number;
}

/** Name resolution and connections. Tests replace it. */
export interface Network {
  lookup(host: string, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Sends a request to the first of these addresses that accepts a connection, and to no other. Resolves with the headers of the
   * response.
   */
  post(
    addresses: readonly string[],
    target: Target,
    message: HttpMessage,
    signal: AbortSignal,
  ): Promise<IncomingMessage>;
}

export interface SendOptions {
  readonly network?: Network;
  readonly timeoutMillis?: number;
  /** Aborts the attempt. */
  readonly stop?: AbortSignal | undefined;
}

export interface HttpMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TIMEOUT_MILLIS = 10_000;
const MAX_RESPONSE_BYTES = 16_384;

/**
 * Posts a message once. The host is resolved again, its addresses are checked, and only a checked address is
 * connected to. Redirects are not followed. It never throws.
 */
export async function send(
  target: Target,
  message: HttpMessage,
  open: readonly OpenRange[],
  { network = realNetwork, timeoutMillis = TIMEOUT_MILLIS, stop }: SendOptions = {},
): Promise<Attempt> {
  const start = performance.now();
  const deadline = startDeadline(timeoutMillis, stop);
  const { signal } = deadline;
  const ended = (rest: Omit<Attempt, 'durationMillis'>): Attempt => ({
    ...rest,
    durationMillis: Math.round(performance.now() - start),
  });
  const failed = (error: string) => ended({ status: null, error, retryAfterMillis: null });
  try {
    const addresses =
      isIP(target.host) === 0 ? await raced(network.lookup(target.host, signal), signal) : [target.host];
    // One forbidden address rejects the name, because each attempt may use another address.
    if (addresses.length === 0) return failed('The name has no address');
    if (!addresses.every((address) => mayConnect(address, target, open))) return failed(FORBIDDEN);
    const answer = await raced(network.post(chooseAddresses(addresses), target, message, signal), signal);
    const status = answer.statusCode ?? 0;
    const retryAfterMillis = readRetryAfter(answer.headers['retry-after']);
    await discard(answer, signal);
    if (status >= 200 && status < 300) return ended({ status, error: null, retryAfterMillis: null });
    const redirects = status >= 300 && status < 400 ? '. Redirects are not followed' : '';
    return ended({ status, error: `The receiver answered ${status}${redirects}`, retryAfterMillis });
  } catch (cause) {
    if (deadline.isLate()) return failed(`No answer within ${timeoutMillis / 1000} seconds`);
    return failed(signal.aborted ? 'The server stopped before an answer came' : reasonOf(cause));
  } finally {
    deadline.end();
  }
}

const FORBIDDEN =
  'The address is private, loopback, link-local or reserved, or the port is not open. DAKKIO_WEBHOOK_ALLOW can open ranges';

const names = new NameLookup();

/** The real network. */
export const realNetwork: Network = {
  lookup: (host, signal) => names.lookup(host, signal),

  async post(addresses, { url, host, port, isPlain }, { headers, body }, signal) {
    // Loaded on demand: TLS takes two megabytes, which a server without webhooks does not need.
    const request = isPlain ? httpRequest : (await import('node:https')).request;
    const options: RequestOptions & { autoSelectFamily: boolean; autoSelectFamilyAttemptTimeout: number } = {
      host,
      port,
      path: url.pathname + url.search,
      method: 'POST',
      headers: { host: url.host, ...headers, 'content-length': Buffer.byteLength(body) },
      agent: false,
      signal,
      maxHeaderSize: MAX_RESPONSE_BYTES,
      // Only addresses that were checked are used.
      lookup: (_host, { all }, done) => {
        const found = addresses.map((address) => ({ address, family: isIP(address) }));
        if (all) done(null, found);
        else done(null, found[0]?.address ?? '', found[0]?.family);
      },
      autoSelectFamily: true,
      // Node's default of 250 ms per address is too short for a handshake across the world.
      autoSelectFamilyAttemptTimeout: Math.floor(TIMEOUT_MILLIS / (addresses.length + 1)),
    };
    return new Promise((resolve, reject) => {
      request(options, resolve)
        .on('upgrade', (_answer, socket) => {
          socket.destroy();
          reject(Object.assign(new Error('It speaks another protocol'), { code: 'HPE_UPGRADE' }));
        })
        .on('error', reject)
        .end(body);
    });
  },
};

/** Reads a bounded part of the response body, so that the receiver can close the connection cleanly. The body is not used. */
async function discard(answer: IncomingMessage, signal: AbortSignal): Promise<void> {
  let bytes = 0;
  answer.on('error', () => undefined);
  try {
    for await (const chunk of answer) {
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_RESPONSE_BYTES || signal.aborted) break;
    }
  } catch {
    // The status is known, so an error in the body does not matter.
  }
  answer.destroy();
}

/** Replaces the messages of common errors: the original ones may reveal internals to the owner of a rule. */
function reasonOf(cause: unknown): string {
  const { code = '' } = cause as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'The connection was refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') return 'The name could not be looked up';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'The connection was closed before an answer came';
  if (/CERT|TLS|SSL|SELF_SIGNED|VERIFY/.test(code)) return `The certificate or the encryption failed: ${code}`;
  if (code.startsWith('HPE_')) return 'The answer was not valid HTTP';
  return `The connection failed${code === '' ? '' : `: ${code}`}`;
}
