import { Link } from 'wouter';
import type { Column } from '../../components/table';
import { Menu } from '../../components/menu';
import { Time } from '../../components/time';
import { typeName } from '../../session/rights';
import type { Key } from './key-types';
import { keyPath } from './key-paths';
import { KeyBadge } from './key-badge';
import { actionsOf, type OpenKeyDialog } from './key-actions';
import { prefixOf, restrictionsOf } from './key-state';
import type { KeyUsage } from './key-queries';
import { UsageSpark } from './usage-spark';

interface ColumnFacts {
  readonly usage: ReadonlyMap<string, KeyUsage>;
  readonly bucketNames: ReadonlyMap<string, string>;
  readonly openDialog: OpenKeyDialog;
  readonly now: number;
}

/** The columns of the list of keys. */
export function keyColumns({ usage, bucketNames, openDialog, now }: ColumnFacts): readonly Column<Key>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      sortFirst: 'asc',
      cut: 'rest',
      cell: (key) => (
        <span className="table-lines keys-name">
          <Link href={keyPath(key)} title={key.name}>
            {key.name}
          </Link>
          <KeyBadge apiKey={withUse(key, usage)} now={now} />
          <KeyDetails apiKey={key} />
        </span>
      ),
    },
    { id: 'type', header: 'Type', hideBelow: 600, cell: ({ type }) => typeName(type) },
    {
      id: 'bucket',
      header: 'Bucket',
      hideBelow: 960,
      cell: ({ bucketId }) =>
        bucketId === null ? (
          <span className="muted">all</span>
        ) : (
          <BucketLink id={bucketId} name={bucketNames.get(bucketId)} />
        ),
    },
    {
      id: 'lastUsedAt',
      header: 'Last used',
      hideBelow: 600,
      sortFirst: 'asc',
      cell: (key) => <Time at={withUse(key, usage).lastUsedAt} />,
    },
    { id: 'usage', header: '7 days', hideBelow: 600, cell: ({ _id }) => <Usage usage={usage.get(_id)} /> },
    {
      id: 'actions',
      header: <span className="unseen">Actions</span>,
      align: 'right',
      cell: (key) => <Menu label={`Actions for ${key.name}`} isSquare items={actionsOf(key, openDialog, now)} />,
    },
  ];
}

/** Lists have the last use of a minute ago; usage has that of now. */
function withUse(key: Key, usage: ReadonlyMap<string, KeyUsage>): Key {
  const isUsed = (usage.get(key._id)?.totals.requests ?? 0) > 0;
  return isUsed && key.lastUsedAt === null ? { ...key, lastUsedAt: new Date().toISOString() } : key;
}

/** How a key begins, and its restrictions. On a phone also its type, whose column is not there. */
function KeyDetails({ apiKey }: { readonly apiKey: Key }) {
  const restrictions = restrictionsOf(apiKey).join(' · ');
  return (
    <span className="table-below" title={restrictions || undefined}>
      <span className="keys-type">{typeName(apiKey.type)} · </span>
      <code>{prefixOf(apiKey)}</code>
      {restrictions && ` · ${restrictions}`}
    </span>
  );
}

function BucketLink({ id, name = id }: { readonly id: string; readonly name: string | undefined }) {
  return (
    <Link className="keys-bucket" href={`/buckets/${id}`} title={name}>
      {name}
    </Link>
  );
}

function Usage({ usage }: { readonly usage: KeyUsage | undefined }) {
  return usage && <UsageSpark days={usage.days} totals={usage.totals} width={68} height={20} />;
}
