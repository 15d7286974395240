import { useEffect, useState } from 'react';
import { copyText } from '../lib/clipboard';
import { Button, type ButtonKind } from './button';
import { useToast } from './toasts';

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, as the button says it: `Copy key`. */
  readonly label?: string;
  readonly kind?: ButtonKind;
  /** The label is for screen readers alone. */
  readonly isSquare?: boolean;
  readonly onCopied?: () => void;
}

const SHOWN_MILLIS = 2000;

/** Copies a text, also on plain HTTP, and says so. */
export function CopyButton({ text, label = 'Copy', kind, isSquare = false, onCopied }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  const toast = useToast();
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MILLIS);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const copy = async () => {
    if (!(await copyText(text))) {
      toast('The browser does not let this page copy. Select the text and press Ctrl+C', 'bad');
      return;
    }
    setCopied(true);
    onCopied?.();
  };
  return (
    <>
      <Button kind={kind ?? 'plain'} icon={isCopied ? 'check' : 'copy'} aria-label={label} onClick={() => void copy()}>
        {isSquare ? undefined : label}
      </Button>
      {/* Beside the button: what is outside of an open dialog is not read. */}
      <span className="unseen" role="status">
        {isCopied ? 'Copied' : ''}
      </span>
    </>
  );
}
