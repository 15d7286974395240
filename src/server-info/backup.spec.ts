import { backupOf } from './backup.view';

it.each([
  ['/var/lib/dakkio/dakkio.db', `sqlite3 /var/lib/dakkio/dakkio.db "VACUUM INTO '/backup/dakkio.db'"`],
  ["/srv/Ann's data/a.db", `sqlite3 '/srv/Ann'\\''s data/a.db' "VACUUM INTO '/backup/dakkio.db'"`],
  [null, 'pg_dump --format=custom --file=dakkio.dump "$DATABASE_URL"'],
])('backs up %p by %s', (file, command) => expect(backupOf(file).command).toBe(command));
