import { useState } from 'react';
import { Button, ButtonLink } from '../../components/button';
import { Card } from '../../components/card';
import { Dialog } from '../../components/dialog';
import { ErrorNotice } from '../../components/error-notice';
import { useToast } from '../../components/toasts';
import { hashHref } from '../../lib/hash-location';
import { counted } from '../../lib/numbers';
import type { Demo } from './demo-data';
import { useCreateDemo, useDemoBucket, useRemoveDemo, useResumeDemo } from './start-queries';

/** Creates demo data, or removes it. */
export function DemoCard({ onOpen }: { readonly onOpen: (demo: Demo) => void }) {
  const { data: bucket } = useDemoBucket();
  const { mutate, isPending, error, progress } = useCreateDemo();
  const resume = useResumeDemo();
  const [isRemoving, setRemoving] = useState(false);
  return (
    <Card title="Demo data">
      <div className="start-card">
        <p>
          The sensors of a home that does not exist: a week of temperatures, humidity and power, and new values every
          two seconds.
        </p>
        {bucket ? (
          <>
            <div className="start-actions">
              <ButtonLink href={hashHref(`/buckets/${bucket._id}`)}>Open</ButtonLink>
              {isQuiet(bucket.stats?.lastDataAt) && (
                <Button isBusy={resume.isPending} onClick={() => resume.mutate(bucket._id)}>
                  Send new values
                </Button>
              )}
              <Button icon="trash" onClick={() => setRemoving(true)}>
                Remove
              </Button>
            </div>
            {isRemoving && (
              <RemoveDialog
                bucketId={bucket._id}
                points={bucket.stats?.dataPointCount ?? 0}
                onClose={() => setRemoving(false)}
              />
            )}
          </>
        ) : (
          <div className="start-actions">
            <Button isBusy={isPending} onClick={() => mutate(undefined, { onSuccess: onOpen })}>
              Create demo data
            </Button>
            <span role="status" className="muted">
              {isPending ? `${Math.round(100 * progress)} %` : ''}
            </span>
          </div>
        )}
        <p className="muted">
          This browser sends the new values while the console is open in this tab. One click removes all of it.
        </p>
        {(error ?? resume.error) && <ErrorNotice error={error ?? resume.error} />}
      </div>
    </Card>
  );
}

const QUIET_MILLIS = 15_000;

/** No tab sends new values: the one that did was closed. */
function isQuiet(lastDataAt: string | null | undefined): boolean {
  return lastDataAt != null && Date.now() - Date.parse(lastDataAt) > QUIET_MILLIS;
}

interface RemoveDialogProps {
  readonly bucketId: string;
  readonly points: number;
  readonly onClose: () => void;
}

function RemoveDialog({ bucketId, points, onClose }: RemoveDialogProps) {
  const { mutate, isPending, error } = useRemoveDemo();
  const toast = useToast();
  const remove = () =>
    mutate(bucketId, {
      onSuccess: () => {
        toast('Demo data removed');
        onClose();
      },
    });
  return (
    <Dialog
      title="Remove the demo data"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" isBusy={isPending} onClick={remove}>
            Remove
          </Button>
        </>
      }
    >
      <p>
        The bucket <strong>Demo home</strong> is deleted with its {counted(points, 'point')}, its data sources, keys and
        alert rules. Other buckets stay as they are.
      </p>
      {error && <ErrorNotice error={error} />}
    </Dialog>
  );
}
