import { useEffect, useState } from 'react';
import { ApiProblem } from '../api/problem';
import { docsHref } from '../api/server';
import { spacedUnit } from '../lib/numbers';
import { Button } from './button';
import { Notice } from './notice';

const NOT_FOUND = 404;

interface ErrorNoticeProps {
  readonly error: unknown;
  /** Does again what failed. */
  readonly onRetry?: (() => unknown) | undefined;
}

/** A failed request: the server's own sentence, its request id for the operator, and where the error is explained. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  const problem = error instanceof ApiProblem ? error : undefined;
  const waitSeconds = useCountdown(problem);
  const isWaiting = waitSeconds > 0;
  return (
    <Notice
      tone={problem?.isUnreachable ? 'warn' : 'bad'}
      isUrgent
      actions={
        onRetry &&
        // What does not exist is not there the next time either.
        problem?.status !== NOT_FOUND && (
          <Button icon="reload" disabled={isWaiting} onClick={() => void onRetry()}>
            {isWaiting ? `Try again in ${waitSeconds}${spacedUnit('s')}` : 'Try again'}
          </Button>
        )
      }
    >
      <p>{problem?.message ?? 'Something went wrong in this page. Reload it'}</p>
      {problem && (problem.code !== undefined || problem.requestId !== undefined) && (
        <p className="notice-more">
          {problem.code !== undefined && <a href={docsHref(`docs/errors#${problem.code}`)}>{problem.code}</a>}
          {problem.requestId !== undefined && (
            <>
              {' · request '}
              <code>{problem.requestId}</code>
            </>
          )}
        </p>
      )}
    </Notice>
  );
}

/** The seconds that the server asks to wait, counted down. */
function useCountdown(problem: ApiProblem | undefined): number {
  const seconds = problem?.retryAfterSeconds ?? 0;
  const [counted, setCounted] = useState({ problem, left: seconds });
  // Another problem begins its own countdown.
  if (counted.problem !== problem) setCounted({ problem, left: seconds });
  useEffect(() => {
    if (seconds === 0) return undefined;
    const endsAt = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
      setCounted({ problem, left });
      if (left === 0) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, [problem, seconds]);
  return counted.left;
}
