import { Injectable } from '@nestjs/common';
import { ADDRESS_NOT_ALLOWED, CHALLENGE, UNAUTHORIZED } from '../../auth/access.errors';
import { tooMany } from '../../auth/admission';
import type { CurrentApiKey } from '../../auth/current-key.decorator';
import { FailedAttempts } from '../../auth/rate-limits/failed-attempts';
import { RateLimiter } from '../../auth/rate-limits/rate-limiter';
import { isAddressIn } from '../../common/addresses';
import type { Actor } from '../../common/audit-event';
import { ApiError } from '../../common/errors';
import { ExpiredRows } from '../../database/expired-rows';
import { deleteKeys, type KeyWork } from '../key-audit-event';
import type { CreatedKey } from '../key.service';
import { LineLocks } from '../line-locks';
import { SessionCodes } from './session-codes';
import { SessionStore } from './session-store';
import { CODE_REFUSED } from './sessions.errors';

export const MIN_SESSION_SECONDS = 60;
export const MAX_SESSION_SECONDS = 12 * 3600;
/** How many sessions the keys of a rotation line can open within 24 hours: each adds a row to the audit log. */
export const SESSIONS_PER_DAY = 1000;
/** A row is kept for a day after the session has ended, so that a list can be continued behind it. */
const ROWS_KEPT_MILLIS = (MAX_SESSION_SECONDS + 24 * 3600) * 1000;

/** Where the request with a code comes from. */
export interface CodeOrigin {
  readonly address: string;
  readonly requestId: string;
}

/** Opens and ends sessions. */
@Injectable()
export class Sessions {
  constructor(
    private readonly locks: LineLocks,
    private readonly store: SessionStore,
    private readonly codes: SessionCodes,
    private readonly limiter: RateLimiter,
    private readonly attempts: FailedAttempts,
    expiredRows: ExpiredRows,
  ) {
    expiredRows.register({ table: 'api_keys', keptMillis: ROWS_KEPT_MILLIS, where: 'session_of IS NOT NULL' });
  }

  /**
   * Opens a session of the key of a request.
   *
   * @throws ApiError 401 if the key is no longer valid; 429 above the limit of sessions in a day
   */
  async open(by: Actor, key: CurrentApiKey, seconds: number): Promise<CreatedKey> {
    const { id, lineId } = key;
    const daily = { limit: SESSIONS_PER_DAY, windowSeconds: 86_400 };
    const { admitted, retryInMillis } = await this.limiter.take(`sessions of ${lineId}`, daily);
    if (!admitted) throw tooMany(retryInMillis, Date.now());
    const opened = await orNothing(() =>
      this.locks.withLockedKey(key, id, (manager, audit, line) =>
        this.store.add({ manager, audit, by }, line.key, seconds),
      ),
    );
    if (!opened) throw unauthorized();
    return opened;
  }

  /**
   * Opens a session of the key of a one-time code, which is used up by it.
   *
   * @throws ApiError 401 if the code cannot be exchanged, or 429 if the address has sent too many such codes; 403 if the key is
   *   not allowed from the address, after which the code can still be used
   */
  async openWithCode(text: string, origin: CodeOrigin): Promise<CreatedKey> {
    const code = await this.codes.find(text);
    const opened =
      code &&
      (await orNothing(() =>
        this.locks.withLockedKey(code, code.keyId, async (manager, audit, { key }) => {
          if (key.allowedIps !== null && !isAddressIn(origin.address, key.allowedIps))
            throw new ApiError(ADDRESS_NOT_ALLOWED);
          if (!(await this.codes.use(manager, code))) return undefined;
          const by: Actor = { kind: 'api key', id: key.id, name: key.name, ...origin };
          return this.store.add({ manager, audit, by }, key, MAX_SESSION_SECONDS, { byCode: true });
        }),
      ));
    if (opened) return opened;
    const wait = this.attempts.count(origin.address);
    throw wait > 0 ? tooMany(wait, Date.now()) : new ApiError(CODE_REFUSED, { headers: CHALLENGE });
  }

  /**
   * Ends a session. Its key is rejected once this resolves.
   *
   * @throws ApiError 401 if it has ended meanwhile
   */
  async end(by: Actor, key: CurrentApiKey, sessionId: string): Promise<void> {
    const ended = await orNothing(() =>
      this.locks.withLockedKey(key, sessionId, async (manager, audit, line) => {
        const work: KeyWork = { manager, audit, by };
        await deleteKeys(work, [line.key]);
        return line.key;
      }),
    );
    if (!ended) throw unauthorized();
  }
}

/** A key that was deleted since the request was admitted, or whose bucket was, is as if it had never been valid. */
async function orNothing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ApiError && cause.getStatus() === 404) return undefined;
    throw cause;
  }
}

function unauthorized(): ApiError {
  return new ApiError(UNAUTHORIZED, { headers: CHALLENGE });
}
