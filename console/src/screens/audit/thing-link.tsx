import { Link } from 'wouter';
import { keyPath } from '../keys/key-paths';
import type { Known } from './audit-queries';
import { quoted, type Part, type Thing } from './phrase';

/** A sentence with links to what still exists. */
export function Sentence({ parts, known }: { readonly parts: readonly Part[]; readonly known: Known }) {
  return parts.map((part, index) =>
    typeof part === 'string' ? part : <ThingLink key={index} thing={part} known={known} />,
  );
}

function ThingLink({ thing, known }: { readonly thing: Thing; readonly known: Known }) {
  const path = known.exists(thing) && thing.isGone !== true ? pathOf(thing, known) : undefined;
  const name = quoted(thing.name);
  return path === undefined ? <strong>{name}</strong> : <Link href={path}>{name}</Link>;
}

/** The page of a thing; undefined where it has none. */
function pathOf({ kind, id, bucketId }: Thing, known: Known): string | undefined {
  if (kind === 'bucket') return `/buckets/${id}`;
  if (kind === 'source') return bucketId === undefined ? undefined : `/buckets/${bucketId}/sources/${id}`;
  if (kind === 'rule') return `/alerts/${id}`;
  const key = known.key(id);
  return key && keyPath(key);
}
