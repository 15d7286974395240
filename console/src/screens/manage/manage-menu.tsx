import { useState } from 'react';
import type { Api } from '../../api/client';
import { Menu } from '../../components/menu';
import { loaded } from '../../lib/loaded';
import { may } from '../../session/rights';
import { useSession } from '../../session/use-session';

const EditBucket = loaded(async () => (await import('./edit-bucket-dialog')).EditBucketDialog);
const EditSource = loaded(async () => (await import('./edit-source-dialog')).EditSourceDialog);
const DeleteBucket = loaded(async () => (await import('./delete-dialogs')).DeleteBucketDialog);
const DeleteSource = loaded(async () => (await import('./delete-dialogs')).DeleteSourceDialog);

type Action = 'edit' | 'delete';

/** Edits and deletes a bucket. For Admin keys. */
export function BucketMenu({ bucket }: { readonly bucket: Api<'BucketDetails'> }) {
  const [open, setOpen] = useState<Action>();
  const onClose = () => setOpen(undefined);
  return (
    <>
      <MoreActions onChoose={setOpen} mayDelete />
      {open === 'edit' && <EditBucket {...{ bucket, onClose }} />}
      {open === 'delete' && <DeleteBucket {...{ bucket, onClose }} />}
    </>
  );
}

/** Edits and deletes a data source. A Write key can delete it as long as it has no points. */
export function SourceMenu({ source }: { readonly source: Api<'SourceDetails'> }) {
  const session = useSession();
  const [open, setOpen] = useState<Action>();
  const onClose = () => setOpen(undefined);
  if (!may(session, 'change')) return null;
  return (
    <>
      <MoreActions onChoose={setOpen} mayDelete={may(session, 'admin') || source.stats.dataPointCount === 0} />
      {open === 'edit' && <EditSource {...{ source, onClose }} />}
      {open === 'delete' && <DeleteSource {...{ source, onClose }} />}
    </>
  );
}

interface MoreActionsProps {
  readonly onChoose: (action: Action) => void;
  readonly mayDelete: boolean;
}

function MoreActions({ onChoose, mayDelete }: MoreActionsProps) {
  return (
    <Menu
      label="More actions"
      kind="plain"
      isSquare
      items={[
        { label: 'Edit', icon: 'edit', onSelect: () => onChoose('edit') },
        ...(mayDelete
          ? [{ label: 'Delete', icon: 'trash', isDanger: true, onSelect: () => onChoose('delete') } as const]
          : []),
      ]}
    />
  );
}
