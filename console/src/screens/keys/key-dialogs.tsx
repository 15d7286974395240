import { useCallback, useState, type ReactNode } from 'react';
import type { KeyAction, OpenKeyDialog } from './key-actions';
import type { Key } from './key-types';
import { DisableDialog } from './disable-dialog';
import { EditKeyDialog } from './edit-key-dialog';
import { RevokeDialog } from './revoke-dialog';
import { RotateDialog } from './rotate-dialog';

export interface KeyDialogProps {
  readonly apiKey: Key;
  readonly onClose: () => void;
  /** Called when the key is gone. */
  readonly onRevoked?: (() => void) | undefined;
}

const DIALOGS: Readonly<Record<KeyAction, (props: KeyDialogProps) => ReactNode>> = {
  edit: EditKeyDialog,
  rotate: RotateDialog,
  disable: DisableDialog,
  enable: DisableDialog,
  revoke: RevokeDialog,
};

/** The dialog of a key that is open, and what opens one. */
export function useKeyDialogs(onRevoked?: () => void): { openDialog: OpenKeyDialog; dialog: ReactNode } {
  const [open, setOpen] = useState<{ readonly action: KeyAction; readonly apiKey: Key }>();
  const openDialog = useCallback<OpenKeyDialog>((action, apiKey) => setOpen({ action, apiKey }), []);
  const Dialog = open && DIALOGS[open.action];
  const dialog = Dialog && <Dialog apiKey={open.apiKey} onClose={() => setOpen(undefined)} onRevoked={onRevoked} />;
  return { openDialog, dialog };
}
