import { loaded } from '../lib/loaded';
import { forgetSecret, useWaitingSecret } from '../session/unstored-secrets';

/** It was loaded when the secret was shown first. */
const OnceDialogFrame = loaded(async () => (await import('../components/once-dialog')).OnceDialogFrame);

/** Shows a secret again whose dialog went away before it was stored, as when the console was locked. */
export function WaitingSecret() {
  const waiting = useWaitingSecret();
  if (!waiting) return null;
  return (
    <OnceDialogFrame key={waiting.secret} {...waiting} onStored={() => forgetSecret(waiting.secret)}>
      <p className="muted">It was not stored when the session ended.</p>
    </OnceDialogFrame>
  );
}
