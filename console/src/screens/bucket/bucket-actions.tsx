import type { Api } from '../../api/client';
import { Button, ButtonLink } from '../../components/button';
import { hashHref } from '../../lib/hash-location';
import { may, mayCreateSources, mayImport } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { keysPath } from '../keys/key-paths';
import { BucketMenu } from '../manage/manage-menu';
import { ShareButton } from '../share/share-button';

interface BucketActionsProps {
  readonly bucket: { readonly _id: string; readonly name: string; readonly status: string };
  /** What an Admin key sees of it. */
  readonly details: Api<'BucketDetails'> | undefined;
  readonly onNewSource: () => void;
}

/** What the session may do with a bucket. */
export function BucketActions({ bucket: { _id, name, status }, details, onNewSource }: BucketActionsProps) {
  const session = useSession();
  return (
    <>
      {mayImport(session) && status === 'active' && (
        <ButtonLink icon="upload" href={hashHref(`/import?bucket=${_id}`)}>
          Import CSV
        </ButtonLink>
      )}
      {mayCreateSources(session) && status === 'active' && (
        <Button icon="plus" onClick={onNewSource}>
          New data source
        </Button>
      )}
      {may(session, 'admin') && status === 'active' && (
        <ButtonLink icon="plug" href={hashHref(`/start?bucket=${_id}`)}>
          Connect a device
        </ButtonLink>
      )}
      {may(session, 'admin') && (
        <ButtonLink icon="key" href={hashHref(keysPath(_id))}>
          Keys
        </ButtonLink>
      )}
      <ShareButton bucketId={_id} bucketName={name} />
      {details && <BucketMenu bucket={details} />}
    </>
  );
}
