import { ApiProperty } from '@nestjs/swagger';

const ON_POSTGRES = 'pg_dump --format=custom --file=dakkio.dump "$DATABASE_URL"';
const ofFile = (file: string) => `sqlite3 ${shellWord(file)} "VACUUM INTO '/backup/dakkio.db'"`;

/** How to back up a database. */
export class BackupView {
  @ApiProperty({
    type: String,
    description: 'A command that works while the server runs. Back up the secret of the server too, in another place',
    example: ofFile('/var/lib/dakkio/dakkio.db'),
  })
  readonly command: string;

  @ApiProperty({
    type: String,
    description: 'The page that explains it',
    example: 'docs/operate.md#back-up-and-restore',
  })
  readonly page: string;
}

/** @param file of an SQLite database; null on PostgreSQL */
export function backupOf(file: string | null): BackupView {
  return { command: file === null ? ON_POSTGRES : ofFile(file), page: 'docs/operate.md#back-up-and-restore' };
}

/** A text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
