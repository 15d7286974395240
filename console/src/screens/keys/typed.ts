import { KEY_TYPES, type KeyType } from '../../session/session';

/** The type of a key that a field holds. */
export function typeOf(text: string): KeyType {
  return KEY_TYPES.find((type) => type === text) ?? 'write';
}
