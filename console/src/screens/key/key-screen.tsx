import { Badge } from '../../components/badge';
import { Page, Section } from '../../components/page';
import { Time } from '../../components/time';
import { typeName } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { TestPoint } from './test-point';

/** What the signed-in key is, and a point to try it with. For a write-only key, this is the whole console. */
export function KeyScreen() {
  const { name, type, bucket, dataSourceId, writeOnly, expiresAt, kind } = useSession();
  return (
    <Page
      title="Your key"
      about={
        <>
          <Badge>{typeName(type)}</Badge>
          {writeOnly && <Badge>write only</Badge>}
        </>
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
        <dd>{expiresAt === null ? 'never' : <Time at={expiresAt} />}</dd>
      </dl>
      {writeOnly && <p className="muted">This key stores points, and cannot read any.</p>}
      {type === 'write' && (
        <Section title="Send a test point">
          <TestPoint boundTo={dataSourceId} />
        </Section>
      )}
    </Page>
  );
}
