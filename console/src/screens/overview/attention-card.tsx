import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Badge, type Tone } from '../../components/badge';
import { Card } from '../../components/card';
import { ErrorNotice } from '../../components/error-notice';
import { Skeleton } from '../../components/skeleton';
import { formatCount } from '../../lib/numbers';

interface AttentionCardProps {
  readonly title: string;
  /** How many things need a look; undefined while it is not known. */
  readonly count: number | undefined;
  /** How grave it is that there are any. */
  readonly tone?: Tone;
  /** `3,000 data sources`, if only the first ones were looked through. */
  readonly within?: string | undefined;
  /** What stands there when there are none. */
  readonly calm: string;
  readonly error: unknown;
  readonly onRetry: () => unknown;
  readonly lead: { readonly path: string; readonly label: string };
  readonly children?: ReactNode;
}

/** What may need a look: a count, the first few, and where all of them are. */
export function AttentionCard({
  title,
  count,
  tone = 'warn',
  within,
  calm,
  error,
  onRetry,
  lead,
  children,
}: AttentionCardProps) {
  const isCalm = count === 0;
  const isAll = within === undefined;
  return (
    <Card
      title={title}
      about={
        count !== undefined &&
        (isCalm ? (
          isAll && <Badge tone="ok">none</Badge>
        ) : (
          <Badge tone={tone}>
            {formatCount(count)}
            {!isAll && '+'}
          </Badge>
        ))
      }
      foot={<Link href={lead.path}>{lead.label}</Link>}
    >
      {error !== null && count === undefined && <ErrorNotice error={error} onRetry={onRetry} />}
      {error === null && count === undefined && <Skeleton rows={2} />}
      {isCalm && <p className="muted">{isAll ? calm : `None among the first ${within}. There are more.`}</p>}
      {count !== undefined && !isCalm && children}
      {!isCalm && !isAll && <p className="overview-rest">Among the first {within}. There are more.</p>}
    </Card>
  );
}

interface EntryProps {
  readonly path: string;
  readonly name: string;
  /** Below the name: what it belongs to, or why. */
  readonly more?: ReactNode;
  /** At the end of the row: since when. */
  readonly at: ReactNode;
}

/** A row of a card, which leads on. */
export function Entry({ path, name, more, at }: EntryProps) {
  return (
    <li className="overview-entry">
      <Link href={path} className="overview-name">
        {name}
      </Link>
      <span className="overview-at">{at}</span>
      {more !== undefined && <span className="overview-more">{more}</span>}
    </li>
  );
}
