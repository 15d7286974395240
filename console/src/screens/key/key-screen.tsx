import { useState } from 'react';
import { Badge } from '../../components/badge';
import { Button, ButtonLink } from '../../components/button';
import { CopyButton } from '../../components/copy-button';
import { Page, Section } from '../../components/page';
import { Time } from '../../components/time';
import { hashHref } from '../../lib/hash-location';
import { may, mayCreateSources, typeName } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { NewSourceDialog } from '../bucket/new-source-dialog';
import type { Source } from '../bucket/source-queries';
import { KeyPrograms } from './key-programs';
import { ListedTestPoint, TestPoint } from './test-point';

/** What the signed-in key is, and a point to try it with. For a write-only key, this is the whole console. */
export function KeyScreen() {
  const session = useSession();
  const { name, type, bucket, dataSourceId, writeOnly, expiresAt, kind } = session;
  const [created, setCreated] = useState<readonly Source[]>([]);
  return (
    <Page
      title="Your key"
      about={
        <>
          <Badge>{typeName(type)}</Badge>
          {writeOnly && <Badge>write only</Badge>}
        </>
      }
      actions={
        type === 'admin' && (
          <ButtonLink icon="key" href={hashHref('/keys')}>
            All keys
          </ButtonLink>
        )
      }
    >
      <dl className="key-facts">
        <dt>Name</dt>
        <dd>{name}</dd>
        <dt>Bucket</dt>
        <dd>{bucket?.name ?? 'every bucket of the organization'}</dd>
        {dataSourceId !== null && (
          <>
            <dt>Data source</dt>
            <dd className="key-source">{dataSourceId}</dd>
          </>
        )}
        <dt>{kind === 'session' ? 'Session ends' : 'Expires'}</dt>
        <dd>{expiresAt === null ? 'never' : <Time at={expiresAt} come="now" />}</dd>
      </dl>
      {writeOnly && <p className="muted">This key stores points, and cannot read any.</p>}
      {bucket && mayCreateSources(session) && (
        <NewSources bucketId={bucket._id} created={created} onCreated={(one) => setCreated([one, ...created])} />
      )}
      {type === 'write' && (
        <Section title="Send a test point">
          {/* Another data source is another form. */}
          {bucket && dataSourceId === null && may(session, 'read') ? (
            <ListedTestPoint key={created[0]?._id} bucketId={bucket._id} source={created[0]} />
          ) : (
            <TestPoint key={created[0]?._id} boundTo={dataSourceId} source={created[0]} />
          )}
        </Section>
      )}
      {type === 'write' && (
        <Section title="Send from a device">
          <KeyPrograms source={created[0]} />
        </Section>
      )}
    </Page>
  );
}

interface NewSourcesProps {
  readonly bucketId: string;
  /** The newest first. */
  readonly created: readonly Source[];
  readonly onCreated: (source: Source) => void;
}

/** Creates data sources, and shows their ids: a write-only key cannot list them later. */
function NewSources({ bucketId, created, onCreated }: NewSourcesProps) {
  const { writeOnly } = useSession();
  const [isCreating, setCreating] = useState(false);
  return (
    <Section
      title="Data sources"
      actions={
        <Button icon="plus" onClick={() => setCreating(true)}>
          New data source
        </Button>
      }
    >
      <p className="muted">
        {writeOnly
          ? 'Create one for each device that sends points with this key. Note its ID: this key cannot list data sources.'
          : 'Create one for each device that sends points with this key.'}
      </p>
      {created.length > 0 && (
        <ul className="key-created" aria-label="Data sources that you have created here">
          {created.map(({ _id, name }) => (
            <li key={_id}>
              <strong>{name}</strong>
              <code>{_id}</code>
              <CopyButton text={_id} label={`Copy the ID of ${name}`} kind="quiet" isSquare />
            </li>
          ))}
        </ul>
      )}
      {isCreating && (
        <NewSourceDialog
          bucketId={bucketId}
          onCreated={(source) => {
            onCreated(source);
            setCreating(false);
          }}
          onClose={() => setCreating(false)}
        />
      )}
    </Section>
  );
}
