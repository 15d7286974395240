import { ApiProblem } from '../../api/problem';
import { docsHref } from '../../api/server';
import { useServerInfo } from '../../api/server-info';
import { Badge } from '../../components/badge';
import { ButtonLink } from '../../components/button';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { Page } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { hashHref } from '../../lib/hash-location';
import { Backup } from './backup';
import { DatabaseCard, DelayCard, MemoryCard, ProgramCard, QueuesCard, TasksCard } from './server-cards';
import { useReadiness, useServerState } from './server-queries';
import { Settings } from './settings';

/** The state of the server, for its operator. */
export function ServerScreen() {
  const { data: state, error, isPending, refetch } = useServerState();
  const { data: server } = useServerInfo();
  const isOthers = error instanceof ApiProblem && error.status === 403;
  return (
    <Page
      title="Server"
      about={!isOthers && <ReadinessBadge />}
      actions={
        <>
          {server?.docs !== undefined && (
            <ButtonLink href={docsHref('docs')} icon="book">
              API documentation
            </ButtonLink>
          )}
          <ButtonLink href={docsHref('health/ready')} icon="check">
            Health
          </ButtonLink>
        </>
      }
    >
      {isOthers && <OtherOrganization reason={error.message} />}
      {error && !isOthers && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={6} height={96} />}
      {state && (
        <>
          <div className="server-room">
            <div className="cards server-cards">
              <ProgramCard state={state} />
              <DatabaseCard state={state} />
              <DelayCard state={state} />
              <MemoryCard state={state} />
              <div className="server-tasks">
                <TasksCard state={state} />
              </div>
              <QueuesCard state={state} />
            </div>
          </div>
          <Backup command={state.backup.command} isFile={state.database.type === 'sqlite'} />
          <Settings settings={state.settings} />
        </>
      )}
    </Page>
  );
}

/** What concerns the whole server is not for the other organizations on it. */
function OtherOrganization({ reason }: { readonly reason: string }) {
  return (
    <Empty icon="server" title={reason} actions={<ButtonLink href={hashHref('/')}>Go to the start</ButtonLink>}>
      Several organizations share this server. Sizes, queues and settings concern all of them, so they are shown to the
      organization that was created with the server.
    </Empty>
  );
}

function ReadinessBadge() {
  const { data, error } = useReadiness();
  if (error instanceof ApiProblem && !error.isUnreachable) return <Badge tone="bad">not ready</Badge>;
  return data ? <Badge tone="ok">ready</Badge> : null;
}
