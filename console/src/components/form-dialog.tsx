import { useId, type SubmitEvent } from 'react';
import { Button } from './button';
import { Dialog, type DialogProps } from './dialog';

export interface FormDialogProps extends Omit<DialogProps, 'actions'> {
  /** What the button says: what will be done. */
  readonly action: string;
  /** The fields are complete as far as the browser can tell. */
  readonly onSubmit: () => void;
  readonly isBusy?: boolean;
  readonly isDisabled?: boolean;
  /** It cannot be undone. */
  readonly isDanger?: boolean;
}

/** A dialog with a form, which its button or Enter sends. The children are its fields. */
export function FormDialog(props: FormDialogProps) {
  const { action, onSubmit, isBusy = false, isDisabled = false, isDanger = false, children, ...dialog } = props;
  const form = useId();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog
      {...dialog}
      actions={
        <>
          <Button onClick={dialog.onClose}>Cancel</Button>
          <Button
            kind={isDanger ? 'danger' : 'primary'}
            type="submit"
            form={form}
            disabled={isDisabled}
            isBusy={isBusy}
          >
            {action}
          </Button>
        </>
      }
    >
      <form id={form} className="form" onSubmit={submit}>
        {children}
      </form>
    </Dialog>
  );
}
