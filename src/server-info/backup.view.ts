import { ApiProperty } from '@nestjs/swagger';
import type { DatabaseInfo } from './server-info.service';

const COMMANDS: Readonly<Record<DatabaseInfo['type'], string>> = {
  sqlite: `sqlite3 <database file> "VACUUM INTO '/backup/dakkio.db'"`,
  postgres: 'pg_dump --format=custom --file=dakkio.dump "$DATABASE_URL"',
};

/** How to back up a database. */
export class BackupView {
  @ApiProperty({
    type: String,
    description: 'A command that works while the server runs. Back up the secret of the server too, in another place',
    example: COMMANDS.sqlite,
  })
  readonly command: string;

  @ApiProperty({
    type: String,
    description: 'The page that explains it',
    example: 'docs/operate.md#back-up-and-restore',
  })
  readonly page: string;
}

export function backupOf(type: DatabaseInfo['type']): BackupView {
  return { command: COMMANDS[type], page: 'docs/operate.md#back-up-and-restore' };
}
