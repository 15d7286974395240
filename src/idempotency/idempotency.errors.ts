import { EXAMPLE_IDS } from '../common/openapi/example-ids';
import { refusal, type Refusal } from '../common/errors';

/** What a request creates. It gives the names of the ids: `apiKeyId`, `dataSourceIds`. */
export type MadeKind = 'apiKey' | 'dataSource' | 'bucket' | 'alertRule';

export const ALREADY_PROCESSED = refusal(409, 'already_processed', 'This request was already processed');
export const KEY_REUSED = refusal(
  422,
  'idempotency_key_reused',
  'Idempotency-Key was used before with another request',
);
export const IDEMPOTENCY_KEY_INVALID = refusal(
  400,
  'invalid_idempotency_key',
  'Idempotency-Key must be 1 to 255 visible ASCII characters',
);

/** The reply to a retry, for the OpenAPI document. */
export function alreadyProcessed({ of, many }: { readonly of: MadeKind; readonly many: boolean }): Refusal {
  const id = EXAMPLE_IDS[of];
  return { ...ALREADY_PROCESSED, more: many ? { [`${of}Ids`]: [id] } : { [`${of}Id`]: id } };
}
