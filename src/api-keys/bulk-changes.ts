import { Injectable } from '@nestjs/common';
import { ApiError } from '../common/errors';
import type { YieldTurn } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import { Writer } from '../database/writer';
import { Idempotency, type Retry } from '../idempotency/idempotency.service';
import { FILTER_TOO_WIDE } from './api-keys.errors';
import type { Wanted } from './choose-keys.dto';
import { MAX_KEYS_PER_REQUEST, type FoundKeys, type KeyChoice } from './key-choice';
import { matcherOf, type FilteredKey } from './key-filter';
import { KeyFinder } from './key-finder';
import { KeyRotation, type Rotated, type RotationOptions } from './key-rotation';
import { LineChanges, type LinesChange, type Removal } from './line-changes';
import type { KeyScope } from './new-key';

/** How keys are rotated, and for which request. */
export interface BulkRotation {
  readonly options: RotationOptions;
  readonly retry: Retry | undefined;
  readonly yieldTurn: YieldTurn;
}

type Matcher = (key: FilteredKey, nowMillis: number) => boolean;

/** Deletes and rotates many keys at once: all of them or none. */
@Injectable()
export class BulkChanges {
  constructor(
    private readonly finder: KeyFinder,
    private readonly changes: LineChanges,
    private readonly rotation: KeyRotation,
    private readonly idempotency: Idempotency,
    private readonly writer: Writer,
  ) {}

  /**
   * Deletes keys. They are rejected once this resolves.
   *
   * @throws ApiError `KEY_NOT_FOUND`, `FILTER_TOO_WIDE`, `LAST_ADMIN_KEY`, `BUCKET_NOT_FOUND`
   */
  async revoke(
    by: Actor,
    scope: KeyScope,
    wanted: Wanted,
    { yieldTurn, ...how }: Removal & { readonly yieldTurn: YieldTurn },
  ): Promise<LinesChange> {
    const choice = await this.choose(scope, wanted, matching(wanted), yieldTurn);
    if (isTooWide(choice)) return this.refuseTooWide(scope, choice, how.retry);
    return this.changes.removeMany(by, scope, choice, how);
  }

  /**
   * Rotates keys. A filter selects active keys, unless it names another state, and never keys that were already rotated: the
   * same filter can be sent every month.
   *
   * @throws ApiError as `KeyRotation.rotate`, and `FILTER_TOO_WIDE`
   */
  async rotate(by: Actor, scope: KeyScope, wanted: Wanted, how: BulkRotation): Promise<Rotated[]> {
    const { options, retry, yieldTurn } = how;
    const choice = await this.choose(scope, wanted, rotatable(wanted), yieldTurn);
    if (isTooWide(choice)) return this.refuseTooWide(scope, choice, retry);
    return this.rotation.rotateMany(by, scope, choice, { options, retry });
  }

  /** After the first request a filter may match other keys, such as the replacements. A retry must still get the reply of a retry. */
  private refuseTooWide(scope: KeyScope, choice: FoundKeys, retry: Retry | undefined): Promise<never> {
    return this.writer.write(async (manager) => {
      await this.idempotency.record(manager, scope.organizationId, retry, []);
      throw tooWide(choice);
    });
  }

  private async choose(scope: KeyScope, wanted: Wanted, matches: Matcher, yieldTurn: YieldTurn): Promise<KeyChoice> {
    if ('ids' in wanted) return wanted;
    return { found: await this.finder.findIds(scope, matches, yieldTurn), matches };
  }
}

function matching(wanted: Wanted): Matcher {
  return 'ids' in wanted ? () => true : (key, nowMillis) => matcherOf(wanted.filter, nowMillis)(key);
}

function rotatable(wanted: Wanted): Matcher {
  if ('ids' in wanted) return () => true;
  const { state = 'active' } = wanted.filter;
  const matches = matching({ filter: { ...wanted.filter, state } });
  return (key, nowMillis) => matches(key, nowMillis) && (state !== 'active' || key.replacedBy === null);
}

function isTooWide(choice: KeyChoice): choice is FoundKeys {
  return 'found' in choice && choice.found.length > MAX_KEYS_PER_REQUEST;
}

function tooWide({ found }: FoundKeys): ApiError {
  return new ApiError(FILTER_TOO_WIDE, { words: { found: String(found.length), most: String(MAX_KEYS_PER_REQUEST) } });
}
