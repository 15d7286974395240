import { Command } from '../../components/command';
import { Section } from '../../components/page';

interface BackupProps {
  readonly command: string;
  /** SQLite, whose secret is in a file beside it. */
  readonly isFile: boolean;
}

/** How to back up this database, and how to know that a backup is whole. */
export function Backup({ command, isFile }: BackupProps) {
  return (
    <Section title="Back up">
      <Command text={command} />
      <p className="muted server-text">
        Run it on the machine of the server, while the server runs. Back up the secret of the server too, in another
        place: {isFile ? 'the file that ends with ' : 'the value of '}
        <code>{isFile ? '.secret' : 'DAKKIO_SECRET_KEY'}</code>
        {isFile && ' beside the database, or the value of DAKKIO_SECRET_KEY'}. From time to time, restore a backup into
        an empty database and run <code>npm run audit:verify</code> on it.
      </p>
    </Section>
  );
}
