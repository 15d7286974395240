import { useMemo, useState } from 'react';
import { Button } from '../../components/button';
import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { Page } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { Table } from '../../components/table';
import { useAddressState } from '../../lib/address-state';
import { navigate } from '../../lib/hash-location';
import { counted } from '../../lib/numbers';
import { BulkDialog } from './bulk-dialog';
import { keyPath } from './key-paths';
import { keyColumns } from './key-columns';
import { useKeyDialogs } from './key-dialogs';
import { isFiltered, keyListFilterOf, sortTextOf, tableSortOf } from './key-list-filter';
import { useBucketNames, useKeys, useUsageOf } from './key-queries';
import { isAccepted, keyStateOf } from './key-state';
import { KeysToolbar } from './keys-toolbar';
import { NewKeyDialog } from './new-key-dialog';

/** All keys of the organization. */
export function KeysScreen() {
  const [values, change] = useAddressState();
  const filter = useMemo(() => keyListFilterOf(values), [values]);
  const { rows, total = 0, error, isPending, more, refetch, readAt: now } = useKeys(filter);
  const usage = useUsageOf(filter, rows);
  const { names: bucketNames } = useBucketNames();
  const { openDialog, dialog } = useKeyDialogs();
  const [creating, setCreating] = useState<'one' | 'many'>();
  const columns = useMemo(
    () => keyColumns({ usage, bucketNames, openDialog, now }),
    [usage, bucketNames, openDialog, now],
  );
  const close = () => setCreating(undefined);

  return (
    <Page
      title="Keys"
      actions={
        <>
          <Button icon="upload" onClick={() => setCreating('many')}>
            From CSV
          </Button>
          <Button kind="primary" icon="plus" onClick={() => setCreating('one')}>
            New key
          </Button>
        </>
      }
    >
      <KeysToolbar {...{ filter, bucketNames, change }} />
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={8} />}
      {!isPending && !error && rows.length === 0 && (
        <Empty icon={isFiltered(filter) ? 'search' : 'key'} title={emptyTitleOf(filter.unusedForDays)}>
          Remove a filter, or create a key: one for each device or program, so that each can be revoked alone.
        </Empty>
      )}
      {rows.length > 0 && (
        <>
          <Table
            label="Keys"
            columns={columns}
            rows={rows}
            rowId={({ _id }) => _id}
            onOpen={(key) => navigate(keyPath(key))}
            sort={tableSortOf(filter)}
            onSort={(sort) => change({ sort: sortTextOf(sort) })}
            onEnd={more}
            isTall
            isRowDimmed={(key) => !isAccepted(keyStateOf(key, now))}
          />
          <p className="muted">{counted(total, 'key')}</p>
        </>
      )}
      {creating === 'one' && <NewKeyDialog bucketId={filter.bucketId} onClose={close} />}
      {creating === 'many' && <BulkDialog bucketId={filter.bucketId} onClose={close} />}
      {dialog}
    </Page>
  );
}

function emptyTitleOf(unusedForDays: number | undefined): string {
  return unusedForDays === undefined ? 'No key matches' : 'Every key was used in the last 30 days';
}
