import type { MenuItem } from '../../components/menu';
import type { Key } from './key-types';
import { isAccepted, keyStateOf } from './key-state';

/** What can be done with a key in a dialog. */
export type KeyAction = 'edit' | 'rotate' | 'disable' | 'enable' | 'revoke';
/** One of them in a menu. */
export interface KeyMenuItem extends MenuItem {
  readonly action: KeyAction;
}
export type OpenKeyDialog = (action: KeyAction, key: Key) => void;

/** What can be done with a key now: a rotated key is not rotated again, and a session can only be ended. */
export function actionsOf(key: Key, open: OpenKeyDialog, now: number): KeyMenuItem[] {
  const state = keyStateOf(key, now);
  const item = (action: KeyAction, label: string, more: Partial<MenuItem> = {}): KeyMenuItem => ({
    action,
    label,
    onSelect: () => open(action, key),
    ...more,
  });
  if (key.sessionOf !== undefined) return [item('revoke', 'End session', { icon: 'out', isDanger: true })];
  return [
    item('edit', 'Edit', { icon: 'edit' }),
    item('rotate', 'Rotate', { icon: 'reload', isDisabled: !isAccepted(state) || key.replacedBy !== undefined }),
    key.enabled === false
      ? item('enable', 'Enable', { icon: 'check' })
      : item('disable', 'Disable', { icon: 'pause', isDisabled: !isAccepted(state) }),
    item('revoke', 'Revoke', { icon: 'trash', isDanger: true }),
  ];
}
