import { useState, type ReactNode } from 'react';
import { ErrorNotice } from './error-notice';
import { TextField } from './field';
import { FormDialog } from './form-dialog';

export interface ConfirmDialogProps {
  readonly title: string;
  /** What the button says: what will be done. */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly isBusy?: boolean;
  readonly error?: unknown;
  /** It cannot be undone. */
  readonly isDanger?: boolean;
  /** What has to be typed first, where much is lost: the name of the thing. */
  readonly typed?: string | undefined;
  /** What it does, with counts. */
  readonly children: ReactNode;
}

/** Asks before something is deleted or stopped, and says what that does. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, action, onConfirm, onClose, isBusy = false, error, isDanger = false, typed, children } = props;
  const [text, setText] = useState('');
  const isSure = typed === undefined || text.trim() === typed.trim();
  const submit = () => {
    if (isSure) onConfirm();
  };
  return (
    <FormDialog
      title={title}
      onClose={onClose}
      action={action}
      onSubmit={submit}
      isBusy={isBusy}
      isDisabled={!isSure}
      isDanger={isDanger}
    >
      {children}
      {typed !== undefined && (
        <TextField
          label={`Type “${typed}” to confirm`}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      )}
      {error !== null && error !== undefined && <ErrorNotice error={error} />}
    </FormDialog>
  );
}
