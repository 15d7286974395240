import { ApiProblem } from '../api/problem';
import { hashHref } from '../lib/hash-location';
import { ButtonLink } from './button';
import { Empty } from './empty';
import { ErrorNotice } from './error-notice';
import type { Crumb } from './page';

const OUT_OF_REACH = [403, 404];
const START: Crumb = { label: 'Go to the start', path: '/' };

interface PageErrorProps {
  readonly error: unknown;
  readonly onRetry: () => unknown;
  /** Where the session finds what there is instead. */
  readonly next?: Crumb | undefined;
}

/** In the place of a page's content. Of what does not exist, or is not for this key, it leads to what is. */
export function PageError({ error, onRetry, next = START }: PageErrorProps) {
  if (!(error instanceof ApiProblem) || !OUT_OF_REACH.includes(error.status))
    return <ErrorNotice error={error} onRetry={onRetry} />;
  return (
    <div role="alert">
      <Empty
        icon="search"
        title={error.message}
        actions={<ButtonLink href={hashHref(next.path)}>{next.label}</ButtonLink>}
      >
        It was deleted, or your key has no access to it.
      </Empty>
    </div>
  );
}
