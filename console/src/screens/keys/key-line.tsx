import { Link } from 'wouter';
import { Section } from '../../components/page';
import { Time } from '../../components/time';
import type { Key } from './key-types';
import { keyPath } from './key-paths';
import { KeyBadge } from './key-badge';
import { useKey, useReplacements } from './key-queries';
import { prefixOf } from './key-state';

/** The keys that a key replaced and was rotated into. They share a quota and a rate limit. */
export function KeyLine({ apiKey }: { readonly apiKey: Key }) {
  const { replaces, replacedBy, bucketId } = apiKey;
  const { data: replacements = [], dataUpdatedAt } = useReplacements(apiKey);
  if (replaces === undefined && replacedBy === undefined) return null;
  return (
    <Section title="Rotation">
      <ul className="keys-line">
        {replaces !== undefined && (
          <li>
            It replaces <Before place={{ _id: replaces, bucketId }} />.
          </li>
        )}
        {replacements.map((key, index) => (
          <li key={key._id}>
            {index === 0 ? 'It was rotated into ' : 'then into '}
            <Link href={keyPath(key)}>{key.name}</Link> <code>{prefixOf(key)}</code>, created{' '}
            <Time at={key.createdAt} />,{' '}
            {key.lastUsedAt === null ? (
              'not used yet'
            ) : (
              <>
                last used <Time at={key.lastUsedAt} />
              </>
            )}{' '}
            <KeyBadge apiKey={key} now={dataUpdatedAt} />
          </li>
        ))}
        {replacedBy !== undefined && dataUpdatedAt > 0 && replacements.length === 0 && (
          <li>It was rotated into a key that is revoked.</li>
        )}
      </ul>
    </Section>
  );
}

function Before({ place }: { readonly place: Pick<Key, '_id' | 'bucketId'> }) {
  const { data: key, error } = useKey(place);
  if (error) return 'a key that is revoked';
  if (!key) return 'another key';
  return (
    <>
      <Link href={keyPath(key)}>{key.name}</Link> <code>{prefixOf(key)}</code>
    </>
  );
}
