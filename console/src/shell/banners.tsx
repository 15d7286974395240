import { useIsFetching, useQueryClient, type Query } from '@tanstack/react-query';
import { useEffect } from 'react';
import { isReadableOnTheWay } from '../api/server';
import { sendJson } from '../api/send';
import { useConnection } from '../api/connection';
import { isPassing } from '../api/retries';
import { Button } from '../components/button';
import { Notice } from '../components/notice';
import { clockTime } from '../lib/times';
import { signInWithReadKey } from '../session/sign-in';
import { useSession } from '../session/use-session';
import { useDismissal } from './dismissal';

/** What concerns the whole console: the connection, and how the key travels. */
export function Banners() {
  return (
    <div className="banners">
      <OfflineBanner />
      <BusyBanner />
      <InsecureBanner />
      <SharedBanner />
    </div>
  );
}

const RETRY_MILLIS = 3000;
const PROBE = '/health/live';

/** Says since when the server cannot be reached, tries again, and then reloads everything. */
function OfflineBanner() {
  const { isReachable, lostAt } = useConnection();
  const queryClient = useQueryClient();
  useEffect(() => {
    // The browser has lost its network, which may or may not lead to the server.
    const probe = () => void sendJson(PROBE).catch(() => undefined);
    addEventListener('offline', probe);
    return () => removeEventListener('offline', probe);
  }, []);
  useEffect(() => {
    if (isReachable) return undefined;
    const timer = setInterval(() => {
      sendJson(PROBE).then(
        () => queryClient.invalidateQueries(),
        () => undefined,
      );
    }, RETRY_MILLIS);
    return () => clearInterval(timer);
  }, [isReachable, queryClient]);
  if (lostAt === undefined) return null;
  return (
    <Notice tone="warn" isUrgent>
      The server cannot be reached since {clockTime(lostAt)}. What you see is from before. Trying again …
    </Notice>
  );
}

const waitsForServer = ({ state }: Query) => isPassing(state.fetchFailureReason);

/** Says why a page stays empty while its requests wait for another try. */
function BusyBanner() {
  if (useIsFetching({ predicate: waitsForServer }) === 0) return null;
  return (
    <Notice tone="warn" isUrgent>
      The server is busy or restarting. Trying again …
    </Notice>
  );
}

/** On a network, plain HTTP shows keys to those who can listen. */
function InsecureBanner() {
  const [isDismissed, dismiss] = useDismissal('insecure');
  if (isDismissed || !isReadableOnTheWay()) return null;
  return (
    <Notice tone="warn" actions={<Button kind="quiet" icon="cross" aria-label="Hide this notice" onClick={dismiss} />}>
      Over plain HTTP, others on this network can read keys and data. Use HTTPS on networks you do not trust.
    </Notice>
  );
}

/** A shared link can stay open on a screen. */
function SharedBanner() {
  const { kind, key } = useSession();
  const [isDismissed, dismiss] = useDismissal('shared');
  if (kind !== 'shared' || isDismissed) return null;
  return (
    <Notice
      tone="accent"
      actions={
        <>
          <Button onClick={() => void signInWithReadKey(key, 'screen')}>Keep on this screen</Button>
          <Button kind="quiet" icon="cross" aria-label="Hide this notice" onClick={dismiss} />
        </>
      }
    >
      You opened a shared link. It is forgotten with this tab, unless you keep it on this screen.
    </Notice>
  );
}
