import { useEffect, useRef, useState, type ReactNode } from 'react';
import { downloadText } from '../lib/clipboard';
import { forgetSecret, keepUnstored, type OnceShown } from '../session/unstored-secrets';
import { Button } from './button';
import { CopyButton } from './copy-button';
import { Dialog } from './dialog';
import { QrCode } from './qr-code';

export interface OnceDialogProps extends OnceShown {
  readonly onStored: () => void;
  /** What it is for, below it. */
  readonly children?: ReactNode;
}

/** Long enough to write it down elsewhere, where neither copying nor downloading works. */
const WAIT_MILLIS = 5000;
/** Of a table of many keys. */
const MAX_LINES = 12;
/** More cannot be read from a screen by the camera of a phone. */
const MAX_QR_LENGTH = 300;

/**
 * Shows a text that is shown once, such as a new key. Neither Esc, a click beside it, Back nor leaving the page loses it: it closes by
 * a button that is enabled once the text was copied, downloaded, or visible for five seconds. If the session ends before, it is shown again
 * when the same key signs in.
 */
export function OnceDialog({ onStored, children, ...shown }: OnceDialogProps) {
  const { title, secret, label, fileName } = shown;
  useEffect(() => keepUnstored({ title, secret, label, fileName }), [title, secret, label, fileName]);
  return (
    <OnceDialogFrame
      {...shown}
      onStored={() => {
        forgetSecret(secret);
        onStored();
      }}
    >
      {children}
    </OnceDialogFrame>
  );
}

/** The dialog itself. */
export function OnceDialogFrame({ title, secret, label, fileName, onStored, children }: OnceDialogProps) {
  const [isSafe, setSafe] = useState(false);
  const [hasQr, setQr] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
    const timer = setTimeout(() => setSafe(true), WAIT_MILLIS);
    const stopStaying = stayAt(location.href);
    return () => {
      clearTimeout(timer);
      stopStaying();
    };
  }, []);

  return (
    <Dialog
      title={title}
      onClose={onStored}
      isModalUntilDone
      actions={
        <Button kind="primary" disabled={!isSafe} onClick={onStored}>
          I stored it
        </Button>
      }
    >
      <p>Store it now: it is never shown again.</p>
      <textarea
        ref={field}
        className="secret"
        aria-label={label}
        readOnly
        rows={Math.min(MAX_LINES, secret.split('\n').length + 1)}
        value={secret}
        spellCheck={false}
        onFocus={(event) => event.target.select()}
      />
      <div className="once-actions">
        <CopyButton text={secret} label={`Copy ${label.toLowerCase()}`} onCopied={() => setSafe(true)} />
        <Button
          icon="download"
          onClick={() => {
            downloadText(fileName, `${secret}\n`);
            setSafe(true);
          }}
        >
          Download
        </Button>
        {secret.length <= MAX_QR_LENGTH && (
          <Button aria-pressed={hasQr} onClick={() => setQr(!hasQr)}>
            QR code
          </Button>
        )}
      </div>
      {hasQr && <QrCode text={secret} label={`${label} as a QR code`} />}
      {children}
    </Dialog>
  );
}

/** Undoes Back, Forward and a change of the address by hand, which would show another screen. @returns what allows them again */
function stayAt(href: string): () => void {
  const stay = () => {
    if (location.href !== href) history.pushState(null, '', href);
  };
  // Before the screens hear of it.
  addEventListener('popstate', stay, { capture: true });
  addEventListener('hashchange', stay, { capture: true });
  return () => {
    removeEventListener('popstate', stay, { capture: true });
    removeEventListener('hashchange', stay, { capture: true });
  };
}
