import { Injectable } from '@nestjs/common';
import { isAddressIn } from '../common/addresses';
import type { Refusal } from '../common/errors';
import { FailedAttempts } from './rate-limits/failed-attempts';
import { RateLimiter } from './rate-limits/rate-limiter';
import { ADDRESS_NOT_ALLOWED, UNAUTHORIZED } from './access.errors';
import { actorOf } from './current-actor.decorator';
import type { CurrentApiKey } from './current-key.decorator';
import { KeyMeter } from './key-meter';
import { KeyVerifier } from './key-verifier';
import { RefusalLog } from './refusal-log';
import { refusalFor, type Right } from './right';

/** A client that connects by another protocol than HTTP. */
export interface ConnectingClient {
  readonly clientAddress: string;
  /** Names the connection in the audit log. */
  readonly requestId: string;
  /** What connects, for the usage of the key. */
  readonly userAgent: string;
  readonly protocol: string;
}

/** Why a client may not connect. `wait` is above 0 if its address has sent too many invalid keys. */
export interface RefusedClient {
  readonly refusal: Refusal;
  readonly waitMillis: number;
}

/** How long a message has to wait for its key's limits. 0: it is admitted. */
type Wait = number | Promise<number>;

/** Applies to connections and their messages what `ApiKeyGuard` and `Admission` apply to requests. */
@Injectable()
export class ConnectionAdmission {
  constructor(
    private readonly keys: KeyVerifier,
    private readonly attempts: FailedAttempts,
    private readonly limiter: RateLimiter,
    private readonly meter: KeyMeter,
    private readonly log: RefusalLog,
  ) {}

  /** The key that a client sent. The first of its texts that is a valid key counts. */
  async connect(
    texts: readonly string[],
    client: ConnectingClient,
    right: Right & { readonly refuse?: (key: CurrentApiKey) => Refusal | undefined },
  ): Promise<CurrentApiKey | RefusedClient> {
    const key = await this.verify(texts);
    if (!key) return this.unknown(client);
    if (key.allowedIps !== null && !isAddressIn(client.clientAddress, key.allowedIps))
      return this.forbidden(key, client, ADDRESS_NOT_ALLOWED);
    const refused = refusalFor(key, right) ?? right.refuse?.(key);
    if (refused) return this.forbidden(key, client, refused);
    if (key.retires !== null && !(await this.keys.retirePredecessor(key, actorOf(key, client))))
      return this.unknown(client);
    this.count(key, client);
    return key;
  }

  /** Counts a message as a request of its key, or returns how long it has to wait. */
  message(key: CurrentApiKey, client: ConnectingClient): Wait {
    const { lineId, rateLimit, quota } = key;
    if (quota) {
      const count = this.meter.quotaCount(lineId, quota);
      if (count instanceof Promise) return count.then(() => this.message(key, client));
      if (count.used >= quota.limit) return Math.max(1, count.resetsAt - Date.now());
    }
    const taken = rateLimit ? this.limiter.take(lineId, rateLimit) : null;
    if (taken instanceof Promise)
      return taken.then(({ admitted, retryInMillis }) => this.counted(key, client, admitted ? 0 : retryInMillis));
    return this.counted(key, client, taken && !taken.admitted ? taken.retryInMillis : 0);
  }

  /** Counts a message that was refused. */
  refused({ id }: CurrentApiKey): void {
    this.meter.countRefusal(id);
  }

  private counted(key: CurrentApiKey, client: ConnectingClient, waitMillis: number): number {
    if (waitMillis === 0) this.count(key, client);
    return waitMillis;
  }

  private count({ id, lineId, organizationId }: CurrentApiKey, { clientAddress, userAgent }: ConnectingClient): void {
    this.meter.countRequest(id, { address: clientAddress, userAgent, lineId, organizationId });
  }

  private async verify(texts: readonly string[]): Promise<CurrentApiKey | null> {
    for (const text of texts) {
      const key = await this.keys.verify(text);
      if (key) return key;
    }
    return null;
  }

  private unknown({ clientAddress }: ConnectingClient): RefusedClient {
    return { refusal: UNAUTHORIZED, waitMillis: this.attempts.count(clientAddress) };
  }

  private forbidden(key: CurrentApiKey, client: ConnectingClient, refusal: Refusal): RefusedClient {
    const { organizationId, bucketId } = key;
    const { protocol } = client;
    this.meter.countRefusal(key.id);
    this.log.add({
      ...{ by: actorOf(key, client), organizationId, bucketId, message: refusal.message },
      ...{ method: 'CONNECT', route: protocol, path: protocol },
    });
    return { refusal, waitMillis: 0 };
  }
}
