import type { ReactNode } from 'react';
import { SERVER_URL } from '../../api/server';
import { Badge } from '../../components/badge';
import { Button, ButtonLink } from '../../components/button';
import { Command } from '../../components/command';
import { ErrorNotice } from '../../components/error-notice';
import { Notice } from '../../components/notice';
import { OnceDialog } from '../../components/once-dialog';
import { Tabs } from '../../components/tabs';
import { useAddressState } from '../../lib/address-state';
import { hashHref } from '../../lib/hash-location';
import type { Source } from '../bucket/source-queries';
import { deviceSnippets } from './device-snippets';
import { FirstPoint } from './first-point';
import { useCreateDeviceKey, useRecentPoints } from './start-queries';

/** What stands where the key belongs until it was created here. */
const KEY_PLACE = 'YOUR_WRITE_KEY';

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
        <Step title={isPlotFirst ? 'Go on' : 'See it'} isDone={hasPoints && !isPlotFirst}>
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

const OWN_MACHINE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

function SendStep({ source, deviceKey }: { readonly source: Source; readonly deviceKey: string | undefined }) {
  const [values, change] = useAddressState();
  const fields = Object.entries(source.schema).map(([name, { type }]) => ({ name, type }));
  const snippets = deviceSnippets({
    ...{ serverUrl: SERVER_URL, key: deviceKey ?? KEY_PLACE, dataSourceId: source._id, fields },
  });
  const shown = snippets.find(({ id }) => id === values.get('with')) ?? snippets[0];
  if (!shown) return null;
  return (
    <>
      {OWN_MACHINE.test(location.hostname) && (
        <Notice>
          The programs below use {location.host}, which is this machine. Other devices need its address in your network:
          open the console under that address, and it is filled in. <code>npm run console-link</code> prints it.
        </Notice>
      )}
      <Tabs
        label="Programs"
        tabs={snippets.map(({ id, name }) => ({ id, label: name }))}
        selected={shown.id}
        onSelect={(id) => change({ with: id }, { replace: true })}
      >
        <div className="start-program">
          <p>{shown.about}</p>
          <Command text={shown.text} label={`Copy the program for ${shown.name}`} />
        </div>
      </Tabs>
      {deviceKey === undefined && (
        <p className="muted">{KEY_PLACE} stands for a key: create one above, or fill in one that you have.</p>
      )}
    </>
  );
}
