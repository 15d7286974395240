/** Where a key is: the Admin keys of the organization and the keys of a bucket have calls of their own. */
export interface KeyPlace {
  readonly _id: string;
  /** Null for an Admin key. */
  readonly bucketId: string | null;
}

/** The page of a key. */
export function keyPath({ _id, bucketId }: KeyPlace): string {
  return bucketId === null ? `/keys/${_id}` : `/keys/${bucketId}/${_id}`;
}

/** The list of keys, of one bucket or of all. */
export function keysPath(bucketId?: string | null): string {
  return bucketId ? `/keys?bucket=${bucketId}` : '/keys';
}
