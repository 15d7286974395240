import { useId, useState, type ReactNode, type SubmitEvent } from 'react';
import { Button } from './button';
import { Dialog } from './dialog';
import { ErrorNotice } from './error-notice';
import { TextField } from './field';

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
  const form = useId();
  const [text, setText] = useState('');
  const isSure = typed === undefined || text.trim() === typed.trim();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isSure) onConfirm();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind={isDanger ? 'danger' : 'primary'} type="submit" form={form} disabled={!isSure} isBusy={isBusy}>
            {action}
          </Button>
        </>
      }
    >
      <form id={form} className="form" onSubmit={submit}>
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
      </form>
    </Dialog>
  );
}
