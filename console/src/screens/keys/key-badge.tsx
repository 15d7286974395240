import { Badge } from '../../components/badge';
import { Countdown } from '../../components/countdown';
import type { Key } from './key-types';
import { keyStateOf } from './key-state';

/** What a key's state says, if it says something: `expires in 3 h`. @param now when the state was looked at */
export function KeyBadge({ apiKey, now }: { readonly apiKey: Key; readonly now: number }) {
  const { expiresAt = '', sessionOf } = apiKey;
  const state = keyStateOf(apiKey, now);
  if (sessionOf !== undefined && state !== 'expired')
    return (
      <Badge icon="clock">
        <Countdown to={expiresAt} before="session, ends in" ended="session, ended" />
      </Badge>
    );
  switch (state) {
    case 'expired':
      return <Badge icon="cross">expired</Badge>;
    case 'rotated':
      return <Badge icon="cross">replaced</Badge>;
    case 'disabled':
      return (
        <Badge tone="warn" icon="pause">
          disabled
        </Badge>
      );
    case 'replaced':
      return (
        <Badge tone="warn" icon="clock">
          <Countdown to={expiresAt} before="replaced, expires in" ended="replaced" />
        </Badge>
      );
    case 'expiring':
      return (
        <Badge tone="warn" icon="clock">
          <Countdown to={expiresAt} before="expires in" ended="expired" />
        </Badge>
      );
    case 'unused':
      return (
        <span className="keys-unused">
          <Badge>never used</Badge>
        </span>
      );
    default:
      return null;
  }
}
