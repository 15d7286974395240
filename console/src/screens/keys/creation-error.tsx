import { ApiProblem } from '../../api/problem';
import { ErrorNotice } from '../../components/error-notice';
import { Notice } from '../../components/notice';

/** Why keys could not be created, or that they were: then the reply with their text was lost, and the request was sent again. */
export function CreationError({ error }: { readonly error: unknown }) {
  const isLost = error instanceof ApiProblem && error.code === 'already_processed';
  if (!isLost) return <ErrorNotice error={error} />;
  return (
    <Notice tone="warn" isUrgent>
      It was created at the first try, but the reply with its text was lost on the way. You find it in Keys: rotate it
      to get a new text, or revoke it.
    </Notice>
  );
}
