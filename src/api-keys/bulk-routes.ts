import { applyDecorators, HttpCode, Post } from '@nestjs/common';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { markAsCsv, wantsCsv } from '../common/http/csv-answer';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import type { YieldTurn } from '../common/http/yield';
import type { Actor } from '../common/audit-event';
import type { Refusal } from '../common/errors';
import { Documented } from '../common/openapi/openapi';
import type { Retry } from '../idempotency/current-retry.decorator';
import { LongWork } from '../scheduling/long-work.decorator';
import * as errors from './api-keys.errors';
import type { BulkChanges } from './bulk-changes';
import {
  toBulkRotationOptions,
  toWanted,
  type RevokeManyKeysBody,
  type RevokeManyQuery,
  type RotateManyKeysBody,
  type RotateManyQuery,
} from './choose-keys.dto';
import type { KeyScope } from './new-key';
import * as views from './key-change.views';
import { keysAsCsv, REVOKED_CSV_EXAMPLE, revokedAsCsv, ROTATED_CSV_EXAMPLE } from './keys-csv';

/** How one bulk route differs from the others. */
interface BulkRoute {
  readonly id: string;
  readonly keys: string;
  /** Completes the sentence that Write and Read keys are refused with. */
  readonly action: string;
  readonly example: object;
  /** Refusals that are listed before and after those that the routes have in common. */
  readonly first?: readonly Refusal[];
  readonly last?: readonly Refusal[];
}

const CHOICE = [errors.KEY_NOT_FOUND, errors.KEYS_NOT_CHOSEN, errors.FILTER_EMPTY, errors.FILTER_TOO_WIDE];
const SELECTION_DOCS =
  'Changes all of them or none, in one commit. Select them by `ids`, by `filter`, or by a CSV with a column `_id`. With ' +
  '`Accept: text/csv` the reply is CSV too. ';
const REVOKE_DOCS =
  SELECTION_DOCS +
  'Once this reply is sent, every instance of the server rejects them. `descendants` lists the active keys that they were ' +
  'rotated into and that you did not select; `line=true` deletes those too.';
const ROTATE_DOCS =
  SELECTION_DOCS +
  'A filter selects active keys that were not rotated yet, unless it names another state. Only this reply contains the full keys.';

/** The route that deletes many keys. */
export function RevokesMany({ id, keys, action, example, first = [], last = [] }: BulkRoute): MethodDecorator {
  return applyDecorators(
    RequireKeyType('admin', action),
    LongWork(),
    Documented({
      id,
      summary: `Delete up to 500 ${keys} at once`,
      description: REVOKE_DOCS,
      status: 200,
      answer: views.KeysRevoked,
      answerCsv: REVOKED_CSV_EXAMPLE,
      example,
      refusals: [...first, ...CHOICE, ...last],
    }),
    HttpCode(200),
    Post('revoke'),
  );
}

/** The route that rotates many keys. */
export function RotatesMany({ id, keys, action, example, first = [], last = [] }: BulkRoute): MethodDecorator {
  return applyDecorators(
    RequireKeyType('admin', action),
    LongWork(),
    Documented({
      id,
      summary: `Rotate up to 500 ${keys} at once`,
      description: ROTATE_DOCS,
      status: 201,
      answer: views.KeysRotated,
      answerDescription: 'The new keys, shown only once, and when the old ones expire',
      answerCsv: ROTATED_CSV_EXAMPLE,
      example,
      refusals: [
        ...[...first, ...CHOICE, errors.RETIRE_NEEDS_GRACE, errors.ROTATION_TOLD_TWICE, errors.KEY_ALREADY_ROTATED],
        ...[errors.KEY_EXPIRED, errors.KEY_DISABLED, errors.LINE_FULL, ...last],
      ],
    }),
    Post('rotate'),
  );
}

/** A request of a bulk route. */
export interface BulkCall<Query, Body> {
  readonly by: Actor;
  readonly scope: KeyScope;
  readonly query: Query;
  readonly body: Body;
  readonly retry: Retry | undefined;
  readonly yieldTurn: YieldTurn;
  readonly request: LeanRequest;
  readonly response: LeanResponse;
}

/** Deletes keys and replies in the format that the client accepts. */
export async function revokeMany(
  bulk: BulkChanges,
  { by, scope, query, body, retry, yieldTurn, request, response }: BulkCall<RevokeManyQuery, RevokeManyKeysBody>,
): Promise<views.KeysRevoked | string> {
  const { line, excel } = query;
  const revoked = await bulk.revoke(by, scope, toWanted(body), { wholeLine: line, retry, yieldTurn });
  if (!wantsCsv(request)) return new views.KeysRevoked(revoked);
  markAsCsv(response);
  return revokedAsCsv(revoked, line, excel);
}

/** Rotates keys and replies in the format that the client accepts. */
export async function rotateMany(
  bulk: BulkChanges,
  { by, scope, query, body, retry, yieldTurn, request, response }: BulkCall<RotateManyQuery, RotateManyKeysBody>,
): Promise<views.KeysRotated | string> {
  const how = { options: toBulkRotationOptions(body, query), retry, yieldTurn };
  const rotated = await bulk.rotate(by, scope, toWanted(body), how);
  if (!wantsCsv(request)) return new views.KeysRotated(rotated);
  markAsCsv(response);
  return keysAsCsv(rotated, query.excel);
}
