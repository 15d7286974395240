import { answer, api, type Api } from '../../api/client';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { useToast } from '../../components/toasts';
import { navigate } from '../../lib/hash-location';
import { counted } from '../../lib/numbers';
import { useDelete } from './manage-queries';

interface DeleteBucketDialogProps {
  readonly bucket: Api<'BucketDetails'>;
  readonly onClose: () => void;
}

/** Deletes a bucket with all that is in it. The name of one that is not empty has to be typed. */
export function DeleteBucketDialog({ bucket, onClose }: DeleteBucketDialogProps) {
  const { _id: bucketId, name, stats } = bucket;
  const toast = useToast();
  const { mutate, isPending, error } = useDelete(() =>
    answer(api.DELETE('/api/buckets/{bucketId}', { params: { path: { bucketId } } })),
  );
  const confirm = () =>
    mutate(undefined, {
      onSuccess: ({ deletedResources: { dataPoints } }) => {
        toast(`${name} is deleted with its ${counted(dataPoints, 'point')}`);
        navigate('/buckets', { replace: true });
      },
    });
  const isEmpty = stats.dataSourceCount === 0 && stats.apiKeyCount === 0;
  return (
    <ConfirmDialog
      title={`Delete ${name}`}
      action="Delete bucket"
      onConfirm={confirm}
      isBusy={isPending}
      isDanger
      typed={isEmpty ? undefined : name}
      {...{ onClose, error }}
    >
      <p>
        It has {counted(stats.dataSourceCount, 'data source')} with {counted(stats.dataPointCount, 'point')}, and{' '}
        {counted(stats.apiKeyCount, 'key')} that devices may use. All of it is deleted with its alert rules, and cannot
        be restored.
      </p>
    </ConfirmDialog>
  );
}

interface DeleteSourceDialogProps {
  readonly source: Api<'SourceDetails'>;
  readonly onClose: () => void;
}

/** Deletes a data source with its points. The name of one that has any has to be typed. */
export function DeleteSourceDialog({ source, onClose }: DeleteSourceDialogProps) {
  const { _id: sourceId, bucketId, name, stats } = source;
  const toast = useToast();
  const { mutate, isPending, error } = useDelete(() =>
    answer(api.DELETE('/api/buckets/{bucketId}/sources/{sourceId}', { params: { path: { bucketId, sourceId } } })),
  );
  const confirm = () =>
    mutate(undefined, {
      onSuccess: () => {
        toast(`${name} is deleted`);
        navigate(`/buckets/${bucketId}`, { replace: true });
      },
    });
  return (
    <ConfirmDialog
      title={`Delete ${name}`}
      action="Delete data source"
      onConfirm={confirm}
      isBusy={isPending}
      isDanger
      typed={stats.dataPointCount > 0 ? name : undefined}
      {...{ onClose, error }}
    >
      <p>
        Its {counted(stats.dataPointCount, 'point')} and its alert rules are deleted too. This cannot be undone. A
        device that still sends to it gets an error.
      </p>
    </ConfirmDialog>
  );
}
