import { answer, api, type Api } from '../../api/client';
import type { KeyPlace } from './key-paths';
import type { Key, KeyBody, KeyChange, NewKey } from './key-types';

export async function readKey({ _id: keyId, bucketId }: KeyPlace, signal: AbortSignal): Promise<Key> {
  const { apiKey } =
    bucketId === null
      ? await answer(api.GET('/api/keys/{keyId}', { params: { path: { keyId } }, signal }))
      : await answer(
          api.GET('/api/buckets/{bucketId}/keys/{keyId}', { params: { path: { bucketId, keyId } }, signal }),
        );
  return apiKey;
}

export async function readUsage({ _id: keyId, bucketId }: KeyPlace, days: number, signal: AbortSignal) {
  const query = { days };
  const { usage } =
    bucketId === null
      ? await answer(api.GET('/api/keys/{keyId}/usage', { params: { path: { keyId }, query }, signal }))
      : await answer(
          api.GET('/api/buckets/{bucketId}/keys/{keyId}/usage', {
            params: { path: { bucketId, keyId }, query },
            signal,
          }),
        );
  return usage;
}

/** Creates a key. @param retryId the same for a request that is sent again: nothing is created twice */
export async function createKey(bucketId: string | null, body: KeyBody, retryId: string): Promise<NewKey> {
  const header = { 'Idempotency-Key': retryId };
  if (body.type === 'admin') return (await answer(api.POST('/api/keys', { params: { header }, body }))).apiKey;
  const path = { bucketId: bucketId ?? '' };
  return (await answer(api.POST('/api/buckets/{bucketId}/keys', { params: { path, header }, body }))).apiKey;
}

/** @param line whether the keys that it was rotated into are changed too */
export function updateKey({ _id: keyId, bucketId }: KeyPlace, body: KeyChange, line = false) {
  const query = line ? { line } : {};
  return bucketId === null
    ? answer(api.PATCH('/api/keys/{keyId}', { params: { path: { keyId }, query }, body }))
    : answer(api.PATCH('/api/buckets/{bucketId}/keys/{keyId}', { params: { path: { bucketId, keyId }, query }, body }));
}

export function rotateKey({ _id: keyId, bucketId }: KeyPlace, body: Api<'RotateKeyBody'>) {
  return bucketId === null
    ? answer(api.POST('/api/keys/{keyId}/rotate', { params: { path: { keyId } }, body }))
    : answer(api.POST('/api/buckets/{bucketId}/keys/{keyId}/rotate', { params: { path: { bucketId, keyId } }, body }));
}

/** @param line whether the keys that it was rotated into are revoked too */
export function revokeKey({ _id: keyId, bucketId }: KeyPlace, line: boolean) {
  const query = line ? { line } : {};
  return bucketId === null
    ? answer(api.DELETE('/api/keys/{keyId}', { params: { path: { keyId }, query } }))
    : answer(api.DELETE('/api/buckets/{bucketId}/keys/{keyId}', { params: { path: { bucketId, keyId }, query } }));
}
