import { useState } from 'react';
import { Button } from '../../components/button';
import { loaded } from '../../lib/loaded';
import { may } from '../../session/rights';
import { useSession } from '../../session/use-session';
import type { ShareDialogProps } from './share-dialog';

const ShareDialog = loaded(async () => (await import('./share-dialog')).ShareDialog);

/** Shares a screen with someone who has no key. For Admin keys, since it makes a key. */
export function ShareButton(props: Omit<ShareDialogProps, 'onClose'>) {
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  if (!may(session, 'admin')) return null;
  return (
    <>
      <Button icon="share" onClick={() => setOpen(true)}>
        Share
      </Button>
      {isOpen && <ShareDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}
