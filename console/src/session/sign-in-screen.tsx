import { useEffect, useState, type SubmitEvent } from 'react';
import { isReadableOnTheWay } from '../api/server';
import { Button } from '../components/button';
import { Command } from '../components/command';
import { ErrorNotice } from '../components/error-notice';
import { Checkbox, TextField } from '../components/field';
import { Notice } from '../components/notice';
import { Brand } from '../shell/brand';
import { IDLE_MINUTES } from './idle-lock';
import { signIn, signInWithReadKey } from './sign-in';
import { typeOfKeyText } from './session';
import type { ClosedReason } from './session-store';
import { useWaitingSecret } from './unstored-secrets';

const REASONS: Readonly<Record<ClosedReason, string | undefined>> = {
  none: undefined,
  'signed-out': 'You are signed out.',
  idle: `Locked after ${IDLE_MINUTES} minutes without use. Sign in again to continue where you were.`,
  refused: 'The session has ended, or its key was revoked. Sign in again to continue where you were.',
};

interface SignInScreenProps {
  readonly reason: ClosedReason;
  /** What went wrong with a link. */
  readonly message?: string | undefined;
}

/** Takes any key. The address stays as it is, so that signing in leads to where the person was. */
export function SignInScreen({ reason, message }: SignInScreenProps) {
  useEffect(() => {
    document.title = 'Sign in · Dakkio';
  }, []);
  const said = REASONS[reason];
  const waiting = useWaitingSecret();
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Brand />
        <h1>Sign in</h1>
        {message !== undefined && (
          <Notice tone="bad" isUrgent>
            {message}
          </Notice>
        )}
        {said !== undefined && <Notice>{said}</Notice>}
        {waiting && (
          <Notice tone="warn">
            Not stored yet: {waiting.title}. Sign in with the same key as before to see it again. Closing this tab loses
            it.
          </Notice>
        )}
        <SignInForm />
        {isReadableOnTheWay() && (
          <Notice tone="warn">
            Over plain HTTP, others on this network can read your key. Use HTTPS on networks you do not trust.
          </Notice>
        )}
        <section className="sign-in-help">
          <h2>No key at hand?</h2>
          <p>The server prints an Admin key at its first start: in its terminal, in its log, or with</p>
          <Command text="docker logs dakkio" label="Copy docker logs dakkio" />
          <p>Where the server is installed, this prints a link that signs you in once:</p>
          <Command text="npm run console-link" label="Copy npm run console-link" />
        </section>
      </div>
    </main>
  );
}

function SignInForm() {
  const [key, setKey] = useState('');
  const [keep, setKeep] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const isRead = typeOfKeyText(key) === 'read';

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await (isRead && keep ? signInWithReadKey(key.trim(), 'screen') : signIn(key));
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };

  return (
    <form className="form" onSubmit={(event) => void submit(event)}>
      <TextField
        label="Key"
        type="password"
        autoComplete="off"
        autoFocus
        required
        spellCheck={false}
        placeholder="dakkio_…"
        value={key}
        onChange={(event) => setKey(event.target.value)}
        hint="Any Admin, Write or Read key. It is exchanged for a session of at most 12 hours."
      />
      {isRead && (
        <Checkbox
          label="Keep on this screen"
          hint="For a screen on a wall: this Read key stays in the browser, and is not locked."
          checked={keep}
          onChange={(event) => setKeep(event.target.checked)}
        />
      )}
      {error !== undefined && <ErrorNotice error={error} />}
      <Button type="submit" kind="primary" isBusy={isBusy}>
        Open
      </Button>
    </form>
  );
}
