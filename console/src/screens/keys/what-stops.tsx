import { Time } from '../../components/time';
import { counted } from '../../lib/numbers';
import { useSession } from '../../session/use-session';
import type { Key } from './key-types';
import { USAGE_DAYS, useKeyUsage } from './key-queries';

/** What uses a key now: what stops without it. */
export function WhatStops({ apiKey }: { readonly apiKey: Key }) {
  const { data: usage } = useKeyUsage(apiKey, USAGE_DAYS);
  const { openedBy: ownId } = useSession();
  return (
    <>
      {usage && usage.lastUsedAt === null && <p>It was never used.</p>}
      {usage && usage.lastUsedAt !== null && (
        <p>
          It was used <strong>{counted(usage.totals.requests, 'time')}</strong> in the last {USAGE_DAYS} days, last time{' '}
          <Time at={usage.lastUsedAt} />
          {usage.lastAddress !== null && ` from ${usage.lastAddress}`}. What uses it stops at once, and so do sessions
          that were opened with it.
        </p>
      )}
      {ownId === apiKey._id && (
        <p>
          <strong>You are signed in with this key</strong>, and will be signed out.
        </p>
      )}
    </>
  );
}
