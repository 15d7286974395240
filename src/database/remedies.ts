import type { DatabaseLocation } from '../common/config/settings';

/** What the operator can do about each kind of database failure, for the log. Names the file or the server. */
export function remediesOf(location: DatabaseLocation): Readonly<Record<string, string>> {
  if (location.type === 'postgres') {
    const name = withoutPassword(location.url);
    return {
      full: `Make room on the disk of PostgreSQL (${name})`,
      damaged: `Restore PostgreSQL (${name}) from a backup; its own log names the damaged file`,
    };
  }
  const { path } = location;
  return {
    full: `Make room on the disk of ${path}, or delete data`,
    damaged: `Stop the server and restore ${path} from a backup. What can still be read, "sqlite3 ${path} .recover" prints`,
    gone: `The file is ${path}. Nothing more is stored. Wait until the log names the rescue copy, then stop the server and put the copy in the file's place`,
    busy: `Find the program that uses ${path}, for example with "fuser ${path}"`,
    unavailable: `Check the disk and the permissions of ${path}`,
  };
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'see DATABASE_URL';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
