import { useParams } from 'wouter';
import { Badge } from '../../components/badge';
import { Button, ButtonLink } from '../../components/button';
import { Menu } from '../../components/menu';
import { Page, Section } from '../../components/page';
import { PageError } from '../../components/page-error';
import { Skeleton } from '../../components/skeleton';
import { hashHref, navigate } from '../../lib/hash-location';
import { typeName } from '../../session/rights';
import { actionsOf } from './key-actions';
import { keysPath } from './key-paths';
import { KeyBadge } from './key-badge';
import { useKeyDialogs } from './key-dialogs';
import { KeyFacts } from './key-facts';
import { KeyLine } from './key-line';
import { KeyUsageSection } from './key-usage-section';
import { USAGE_DAYS, useBucketNames, useKey, useKeyUsage } from './key-queries';
import { isAccepted, keyStateOf } from './key-state';

/** One key: its restrictions, the keys of its rotation line, and its usage. */
export function KeyPage() {
  const { bucketId = null, keyId = '' } = useParams<{ bucketId?: string; keyId?: string }>();
  const place = { _id: keyId, bucketId };
  const { data: key, error, refetch, dataUpdatedAt: now } = useKey(place);
  const bucketName = useBucketNames().names.get(bucketId ?? '');
  const { openDialog, dialog } = useKeyDialogs(() => navigate(keysPath(bucketId)));
  const { data: usage } = useKeyUsage(place, USAGE_DAYS);
  const used = key && { ...key, lastUsedAt: usage?.lastUsedAt ?? key.lastUsedAt };
  const [first, ...others] = key ? actionsOf(key, openDialog, now).filter(({ action }) => action !== 'edit') : [];
  return (
    <Page
      title={key?.name ?? (error ? 'Key' : undefined)}
      crumbs={[
        { label: 'Keys', path: keysPath() },
        ...(bucketId === null ? [] : [{ label: bucketName ?? 'Bucket', path: keysPath(bucketId) }]),
      ]}
      about={
        used && (
          <>
            <Badge>{typeName(used.type)}</Badge>
            <KeyBadge apiKey={used} now={now} />
          </>
        )
      }
      actions={
        key && (
          <>
            <ButtonLink icon="log" href={hashHref(`/audit?of=${keyId}`)}>
              Audit
            </ButtonLink>
            {key.sessionOf === undefined && (
              <Button icon="edit" onClick={() => openDialog('edit', key)}>
                Edit
              </Button>
            )}
            {first && (
              <Button
                icon={first.icon ?? 'reload'}
                kind={first.isDanger ? 'danger' : 'plain'}
                disabled={first.isDisabled}
                onClick={first.onSelect}
              >
                {first.label}
              </Button>
            )}
            {others.length > 0 && <Menu label="More actions" isSquare kind="plain" items={others} />}
          </>
        )
      }
    >
      {error && <PageError error={error} onRetry={refetch} next={{ label: 'All keys', path: keysPath() }} />}
      {!key && !error && <Skeleton rows={6} />}
      {key && (
        <>
          <KeyFacts apiKey={key} bucketName={bucketName} isLive={isAccepted(keyStateOf(key, now))} />
          <KeyLine apiKey={key} />
          <Section title="Usage">
            <KeyUsageSection place={place} />
          </Section>
        </>
      )}
      {dialog}
    </Page>
  );
}
