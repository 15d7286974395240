import { useId, useLayoutEffect, useRef, type ReactNode, type SyntheticEvent } from 'react';
import { Button } from './button';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** The buttons at its foot. */
  readonly actions?: ReactNode;
  /** Only `onClose` closes it: neither Esc, nor a click beside it, nor a cross. For what would be lost. */
  readonly isModalUntilDone?: boolean;
  readonly isWide?: boolean;
}

/**
 * A modal dialog, open as long as it is rendered. A click beside it closes it as long as nothing was typed. Its first field has the focus; the browser keeps the focus inside, and gives it back to
 * where it was.
 *
 * `{isOpen && <Dialog title="New bucket" onClose={close} actions={…}>…</Dialog>}`
 */
export function Dialog({ title, onClose, children, actions, isModalUntilDone = false, isWide = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const isEdited = useRef(false);
  const titleId = useId();

  // A dialog that is closed while it is in the page gives the focus back; an effect would close it afterwards.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // The browser would focus the first thing that can be, which is the cross.
    dialog?.querySelector<HTMLElement>('input, select, textarea')?.focus();
    return () => dialog?.close();
  }, []);

  const cancel = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!isModalUntilDone) onClose();
  };

  return (
    <dialog
      ref={ref}
      className="dialog"
      data-wide={isWide || undefined}
      aria-labelledby={titleId}
      onCancel={cancel}
      // The browser closes it at the second Esc whatever happens to `cancel`.
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && cancel(event)}
      onInput={() => {
        isEdited.current = true;
      }}
      onClick={(event) => event.target === ref.current && !isModalUntilDone && !isEdited.current && onClose()}
    >
      <div className="dialog-body">
        <header className="dialog-head">
          <h2 id={titleId}>{title}</h2>
          {!isModalUntilDone && <Button kind="quiet" icon="cross" aria-label="Close" onClick={onClose} />}
        </header>
        {children}
        {actions !== undefined && <footer className="form-actions">{actions}</footer>}
      </div>
    </dialog>
  );
}
