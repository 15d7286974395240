import { Component, useEffect, useState, type ReactNode } from 'react';
import { useConnection } from '../api/connection';
import { Button } from '../components/button';
import { Notice } from '../components/notice';

interface ErrorBoundaryState {
  readonly error: Error | undefined;
}

/** Where a screen fails: because of a mistake in it, or because the server has a newer console whose parts have other names. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: undefined };

  static getDerivedStateFromError(error: Error): ErrorBoundaryState {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return <Broken error={error} />;
  }
}

/** A screen whose parts could not be loaded is loaded when the server is there again. */
function Broken({ error }: { readonly error: Error }) {
  const { isReachable } = useConnection();
  const [wasLost, setLost] = useState(false);
  if (!isReachable && !wasLost) setLost(true);
  useEffect(() => {
    if (wasLost && isReachable) location.reload();
  }, [wasLost, isReachable]);
  if (wasLost)
    return (
      <div className="page">
        <Notice tone="warn">This page is not loaded yet. It opens as soon as the server can be reached.</Notice>
      </div>
    );
  return (
    <div className="page">
      <Notice
        tone="bad"
        isUrgent
        actions={
          <Button icon="reload" onClick={() => location.reload()}>
            Reload
          </Button>
        }
      >
        <p>This page cannot be shown. If the server was updated, reloading helps.</p>
        <p className="notice-more">{error.message}</p>
      </Notice>
    </div>
  );
}
