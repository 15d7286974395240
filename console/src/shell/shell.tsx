import { useEffect, useRef, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { Button } from '../components/button';
import { Banners } from './banners';
import { Brand } from './brand';
import { Navigation } from './navigation';
import { SessionCard } from './session-card';
import { WaitingSecret } from './waiting-secret';

/** What surrounds every screen: the navigation, who is signed in, and what concerns the whole console. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();

  useEffect(() => {
    main.current?.scrollTo(0, 0);
  }, [path]);

  return (
    <div className="shell">
      {/* A link to #main would change the address. */}
      <button type="button" className="shell-skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <aside className="shell-side">
        <Brand />
        <Navigation />
        <SessionCard />
      </aside>
      <TopBar />
      <main ref={main} className="shell-main" tabIndex={-1}>
        <Banners />
        {children}
      </main>
      <WaitingSecret />
    </div>
  );
}

/** On narrow screens: the name, and a button for the navigation. */
function TopBar() {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => dialog.current?.close();
  return (
    <div className="shell-top">
      <Brand />
      <Button
        kind="quiet"
        icon="menu"
        aria-label="Menu"
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      />
      <dialog
        ref={dialog}
        className="shell-drawer"
        aria-label="Menu"
        onClick={(event) => event.target === dialog.current && close()}
      >
        <div className="shell-drawer-body">
          <div className="shell-drawer-head">
            <Brand />
            <Button kind="quiet" icon="cross" aria-label="Close" onClick={close} />
          </div>
          <Navigation onFollow={close} />
          <SessionCard />
        </div>
      </dialog>
    </div>
  );
}
