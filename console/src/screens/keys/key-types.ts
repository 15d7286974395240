import type { components } from '../../../../clients/typescript/src/api/schema';

type Schemas = components['schemas'];

/** A key without its text. */
export type Key = Schemas['KeyView'];
/** A key that was just created, with its text. */
export type NewKey = Schemas['NewKeyView'];
/** What creates a key. */
export type KeyBody = Schemas['CreateAdminKeyBody'] | Schemas['CreateBucketKeyBody'];
/** What changes a key. */
export type KeyChange = Schemas['UpdateKeyBody'];
