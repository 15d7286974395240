import type { ReactNode } from 'react';
import { Badge } from '../../components/badge';
import { Button, ButtonLink } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { OnceDialog } from '../../components/once-dialog';
import { useAddressState } from '../../lib/address-state';
import { hashHref } from '../../lib/hash-location';
import type { Source } from '../bucket/source-queries';
import { DevicePrograms } from './device-programs';
import { FirstPoint } from './first-point';
import { useCreateDeviceKey, useRecentPoints } from './start-queries';

interface DeviceStepsProps {
  readonly bucketId: string;
  readonly source: Source;
  /** The key that was created on this page. */
  readonly deviceKey: string | undefined;
  readonly onKey: (key: string) => void;
}

/** The steps from a data source to its plot: a key, a program that sends, the first point. */
export function DeviceSteps({ bucketId, source, deviceKey, onKey }: DeviceStepsProps) {
  const recent = useRecentPoints(bucketId, source._id);
  const hasPoints = (recent.points?.length ?? 0) > 0;
  const [values] = useAddressState();
  const isPlotFirst = values.get('plot') === 'first';
  const plot = <FirstPoint source={source} recent={recent} />;
  return (
    <>
      {isPlotFirst && <div className="start-plot">{plot}</div>}
      <ol className="start-steps">
        <Step title="Create a key" isDone={deviceKey !== undefined}>
          <KeyStep bucketId={bucketId} source={source} isDone={deviceKey !== undefined} onKey={onKey} />
        </Step>
        <Step title="Send a point" isDone={hasPoints}>
          <SendStep source={source} deviceKey={deviceKey} />
        </Step>
        <Step title={isPlotFirst ? 'What next' : 'See it'} isDone={hasPoints && !isPlotFirst}>
          {!isPlotFirst && plot}
          {hasPoints && (
            <div className="start-actions">
              <ButtonLink kind="primary" href={hashHref(`/buckets/${bucketId}/sources/${source._id}`)}>
                Open in the explorer
              </ButtonLink>
              <ButtonLink href={hashHref(`/start?bucket=${bucketId}`)}>Connect another device</ButtonLink>
            </div>
          )}
        </Step>
      </ol>
    </>
  );
}

interface StepProps {
  readonly title: string;
  readonly isDone: boolean;
  readonly children: ReactNode;
}

function Step({ title, isDone, children }: StepProps) {
  return (
    <li className="start-step" data-done={isDone || undefined}>
      <h2>
        {title}{' '}
        {isDone && (
          <Badge tone="ok" icon="check">
            done
          </Badge>
        )}
      </h2>
      {children}
    </li>
  );
}

interface KeyStepProps {
  readonly bucketId: string;
  readonly source: Source;
  readonly isDone: boolean;
  readonly onKey: (key: string) => void;
}

function KeyStep({ bucketId, source, isDone, onKey }: KeyStepProps) {
  const { mutate, isPending, error, data: shown, reset } = useCreateDeviceKey(bucketId);
  return (
    <>
      <p>
        {isDone
          ? 'The program below has it. It can send points of this device, and nothing else of the bucket.'
          : 'A Write key for this device alone: it sends its points, and nothing else of the bucket. It is shown once.'}
      </p>
      {!isDone && (
        <div>
          <Button kind="primary" icon="key" isBusy={isPending} onClick={() => mutate(source)}>
            Create a key
          </Button>
        </div>
      )}
      {error && <ErrorNotice error={error} />}
      {shown !== undefined && (
        <OnceDialog
          title={`Key of ${source.name}`}
          label="Key"
          secret={shown}
          fileName="dakkio-key.txt"
          onStored={() => {
            onKey(shown);
            reset();
          }}
        >
          <p className="muted">The programs on this page have it filled in until you leave the page.</p>
        </OnceDialog>
      )}
    </>
  );
}

function SendStep({ source, deviceKey }: { readonly source: Source; readonly deviceKey: string | undefined }) {
  return (
    <>
      <DevicePrograms sourceId={source._id} schema={source.schema} deviceKey={deviceKey} />
      {deviceKey === undefined && (
        <p className="muted">YOUR_WRITE_KEY stands for a key: create one above, or fill in one that you have.</p>
      )}
    </>
  );
}
