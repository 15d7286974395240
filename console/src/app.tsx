import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Route, Router, Switch, useLocation } from 'wouter';
import { queryClient } from './api/query-client';
import { scoped } from './api/server';
import { ButtonLink } from './components/button';
import { Empty } from './components/empty';
import { Page } from './components/page';
import { Toasts } from './components/toasts';
import { hashHref, useHashLocation, useHashSearch } from './lib/hash-location';
import { readStored } from './lib/storage';

import { SCREENS } from './screens/screens';
import { DEMO_PLACE } from './screens/start/demo-place';
import { may } from './session/rights';
import { SignInScreen } from './session/sign-in-screen';
import { sessions, type SessionState } from './session/session-store';
import { useSession, useSessionState } from './session/use-session';
import { ErrorBoundary } from './shell/error-boundary';
import { Home } from './shell/home';
import { Shell } from './shell/shell';

/** The console: the sign-in page, or the screens of a session. */
export function App() {
  useEffect(() => sessions.subscribe(forgetWhatWasRead), []);
  useEffect(resumeDemo, []);
  return (
    <QueryClientProvider client={queryClient}>
      <Router hook={useHashLocation} searchHook={useHashSearch} hrefs={hashHref}>
        <Toasts>
          <SignedInOrNot />
        </Toasts>
      </Router>
    </QueryClientProvider>
  );
}

/** A tab that sent demo data goes on after it was loaded again. */
function resumeDemo(): void {
  if (readStored(() => sessionStorage, scoped(DEMO_PLACE)) === null) return;
  void import('./screens/start/demo-feed').then(({ resumeFeed }) => resumeFeed());
}

/** What one key has read is not for the next one. */
function forgetWhatWasRead({ status }: SessionState): void {
  if (status === 'closed') queryClient.clear();
}

function SignedInOrNot() {
  const state = useSessionState();
  if (state.status === 'opening') return null;
  if (state.status === 'closed') return <SignInScreen reason={state.reason} message={state.message} />;
  return (
    <Shell>
      <Screens />
    </Shell>
  );
}

function Screens() {
  const session = useSession();
  const [path] = useLocation();
  return (
    // A screen that failed does not fail the next one.
    <ErrorBoundary key={path}>
      <Switch>
        {SCREENS.map(({ path: pattern, needs, Component }) => (
          // Left out, `/alerts/new` would be the rule with the id `new`.
          <Route key={pattern} path={pattern} component={may(session, needs) ? Component : NotFound} />
        ))}
        <Route path="/">
          <Home />
        </Route>
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </ErrorBoundary>
  );
}

function NotFound() {
  return (
    <Page title="Not found">
      <Empty
        title="This page does not exist, or your key has no access to it"
        actions={<ButtonLink href={hashHref('/')}>Go to the start</ButtonLink>}
      />
    </Page>
  );
}
