import { SERVER_URL } from '../../api/server';
import { OnceDialog } from '../../components/once-dialog';
import type { HashAddress } from '../../lib/hash';
import { fullTime } from '../../lib/times';
import type { NewKey } from '../keys/key-types';
import { shareLink } from './share-link';

interface SharedLinkProps {
  readonly apiKey: NewKey;
  /** What the link opens. */
  readonly place: HashAddress;
  readonly bucketName: string;
  /** Of the one data source that it shows, if it shows one alone. */
  readonly sourceName: string | undefined;
  readonly onStored: () => void;
}

/** A link that was just made: its key is in it, and shown once. */
export function SharedLink({ apiKey, place, bucketName, sourceName, onStored }: SharedLinkProps) {
  const { key, name, expiresAt } = apiKey;
  return (
    <OnceDialog
      title="Link to share"
      label="Link"
      secret={shareLink(SERVER_URL, place, key)}
      fileName="dakkio-link.txt"
      onStored={onStored}
    >
      <p>
        Everyone with this link can see {sourceName === undefined ? 'all data sources' : sourceName} of {bucketName}
        {expiresAt === undefined ? ', without an end' : ` until ${fullTime(Date.parse(expiresAt))}`}.
      </p>
      <p className="muted">Its key is “{name}” in Keys: revoke it there to end the link.</p>
    </OnceDialog>
  );
}
