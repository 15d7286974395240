import { Button } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { Notice } from '../../components/notice';
import { inMillis } from '../../lib/times';
import { useTestSend } from './alert-queries';

interface TestSendProps {
  readonly alertId: string;
  /** Why it cannot be sent now. */
  readonly blocked?: string | undefined;
}

/** Sends a test message to the webhook of a rule, and shows what came back. */
export function TestSend({ alertId, blocked }: TestSendProps) {
  const { mutate, isPending, data, error } = useTestSend(alertId);
  const result = data?.delivery;
  return (
    <div className="alert-test">
      <div className="alert-test-line">
        <Button icon="bell" isBusy={isPending} disabled={blocked !== undefined} onClick={() => mutate(undefined)}>
          Send test
        </Button>
        {blocked !== undefined && <span className="muted">{blocked}</span>}
      </div>
      {error && <ErrorNotice error={error} />}
      {result && !error && (
        <Notice tone={result.delivered ? 'ok' : 'bad'} isUrgent>
          {result.delivered ? 'Delivered' : 'Not delivered'}
          {result.responseStatus !== null && `: status ${result.responseStatus}`} in {inMillis(result.durationMs)}
          {result.error !== null && <p>{result.error}</p>}
        </Notice>
      )}
    </div>
  );
}
