import type { ReactNode } from 'react';
import { ApiProblem } from '../api/problem';
import { ErrorNotice } from './error-notice';
import { TextField } from './field';
import { FormDialog } from './form-dialog';

interface CreateDialogProps {
  readonly title: string;
  readonly name: string;
  readonly onName: (name: string) => void;
  /** Something was typed in, which Esc or a click beside the dialog would lose. */
  readonly isBegun: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly isBusy: boolean;
  readonly error: unknown;
  /** The fields below the name. */
  readonly children: ReactNode;
}

/** Creates a thing with a name. */
export function CreateDialog(props: CreateDialogProps) {
  const { title, name, onName, isBegun, onSubmit, onClose, isBusy, error, children } = props;
  return (
    <FormDialog {...{ title, onClose, onSubmit, isBusy }} isModalUntilDone={isBegun} action="Create">
      <TextField
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={({ target }) => onName(target.value)}
        error={error instanceof ApiProblem ? error.messageOf('name') : undefined}
      />
      {children}
      {Boolean(error) && <ErrorNotice error={error} />}
    </FormDialog>
  );
}
