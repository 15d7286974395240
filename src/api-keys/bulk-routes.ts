import { applyDecorators, HttpCode, Post } from '@nestjs/common';
import { RequireKeyType } from '../auth/require-key-type.decorator';
import { markAsCsv, wantsCsv } from '../common/http/csv-answer';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import type { Pause } from '../common/http/yield';
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

/** What one of the routes has that the others do not. */
interface BulkRoute {
  readonly id: string;
  readonly keys: string;
  /** Completes the sentence that Write and Read keys are refused with. */
  readonly action: string;
  readonly example: object;
  /** Before what both routes of a kind may refuse, and after it. */
  readonly first?: readonly Refusal[];
  readonly last?: readonly Refusal[];
}

const CHOICE = [errors.KEY_NOT_FOUND, errors.KEYS_NOT_CHOSEN, errors.FILTER_EMPTY, errors.FILTER_TOO_WIDE];
const CHOOSES =
  'All of them or none, in one commit. Choose them by `ids`, by `filter`, or by a CSV with a column `_id`; with ' +
  '`Accept: text/csv` the answer is CSV too. ';
const REVOKES =
  CHOOSES +
  'They are refused from this reply on, on every instance of the server. `descendants` names the living keys that they ' +
  'were rotated into and that were not chosen; `line=true` deletes them too.';
const ROTATES =
  CHOOSES +
  'A filter means keys that open and were not replaced yet, unless it names another state. The full keys are in this reply alone.';

/** The route that revokes many keys. */
export function RevokesMany({ id, keys, action, example, first = [], last = [] }: BulkRoute): MethodDecorator {
  return applyDecorators(
    RequireKeyType('admin', action),
    LongWork(),
    Documented({
      id,
      summary: `Delete up to 500 ${keys} at once`,
      description: REVOKES,
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

/** The route that replaces many keys. */
export function RotatesMany({ id, keys, action, example, first = [], last = [] }: BulkRoute): MethodDecorator {
  return applyDecorators(
    RequireKeyType('admin', action),
    LongWork(),
    Documented({
      id,
      summary: `Replace up to 500 ${keys} at once`,
      description: ROTATES,
      status: 201,
      answer: views.KeysRotated,
      answerDescription: 'The new keys, shown this once, and when the old ones die',
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

/** A request for a change of many keys. */
export interface BulkCall<Query, Body> {
  readonly by: Actor;
  readonly scope: KeyScope;
  readonly query: Query;
  readonly body: Body;
  readonly retry: Retry | undefined;
  readonly pause: Pause;
  readonly request: LeanRequest;
  readonly response: LeanResponse;
}

/** Revokes keys and answers in the form that the client accepts. */
export async function revokeMany(
  bulk: BulkChanges,
  { by, scope, query, body, retry, pause, request, response }: BulkCall<RevokeManyQuery, RevokeManyKeysBody>,
): Promise<views.KeysRevoked | string> {
  const { line, excel } = query;
  const revoked = await bulk.revoke(by, scope, toWanted(body), { wholeLine: line, retry, pause });
  if (!wantsCsv(request)) return new views.KeysRevoked(revoked);
  markAsCsv(response);
  return revokedAsCsv(revoked, line, excel);
}

/** Rotates keys and answers in the form that the client accepts. */
export async function rotateMany(
  bulk: BulkChanges,
  { by, scope, query, body, retry, pause, request, response }: BulkCall<RotateManyQuery, RotateManyKeysBody>,
): Promise<views.KeysRotated | string> {
  const how = { options: toBulkRotationOptions(body, query), retry, pause };
  const rotated = await bulk.rotate(by, scope, toWanted(body), how);
  if (!wantsCsv(request)) return new views.KeysRotated(rotated);
  markAsCsv(response);
  return keysAsCsv(rotated, query.excel);
}
