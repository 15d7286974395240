import { useEffect, useState } from 'react';
import { Empty } from '../../components/empty';
import { Page } from '../../components/page';
import { useAddressState } from '../../lib/address-state';
import { takeFile } from '../../lib/dropped-file';
import { mayImport } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { useBucket } from '../bucket/source-queries';
import { FileChoice } from './file-choice';
import { FileSetup } from './file-setup';
import type { OpenedFile } from './opened-file';
import { dropJob, useJob } from './present-job';
import { RunView } from './run-view';

/** Imports a CSV file: which one, what its columns become, and how far it is. */
export function ImportScreen() {
  const session = useSession();
  const [values] = useAddressState();
  const job = useJob();
  useEffect(keepDroppedFiles, []);
  const bucketId = job?.settings.bucketId ?? session.bucket?._id ?? values.get('bucket') ?? '';
  const crumbs = [
    ...(session.type === 'admin' ? [{ label: 'Buckets', path: '/buckets' }] : []),
    ...(bucketId === '' ? [] : [{ label: <BucketName id={bucketId} />, path: `/buckets/${bucketId}` }]),
  ];
  return (
    <Page title="Import CSV" crumbs={crumbs}>
      {!mayImport(session) && (
        <Empty icon="upload" title="This key cannot import files">
          Importing takes an Admin key, or a Write key that can read and is not restricted to one data source.
        </Empty>
      )}
      {mayImport(session) && (job ? <RunView job={job} onAnother={dropJob} /> : <Preparation />)}
    </Page>
  );
}

/** A file that is dropped beside its place would replace the page. */
function keepDroppedFiles(): () => void {
  const keep = (event: Event) => event.preventDefault();
  addEventListener('dragover', keep);
  addEventListener('drop', keep);
  return () => {
    removeEventListener('dragover', keep);
    removeEventListener('drop', keep);
  };
}

function BucketName({ id }: { readonly id: string }) {
  const { bucket } = useBucket(id);
  return bucket?.name ?? 'Bucket';
}

/** Until the import begins. */
function Preparation() {
  const [handedOver] = useState(takeFile);
  const [opened, setOpened] = useState<OpenedFile>();
  if (!opened) return <FileChoice handedOver={handedOver} onOpen={setOpened} />;
  return <FileSetup key={opened.fingerprint} opened={opened} onAnother={() => setOpened(undefined)} />;
}
