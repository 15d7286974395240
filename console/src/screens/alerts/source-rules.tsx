import { Link } from 'wouter';
import { Section } from '../../components/page';
import { hashHref } from '../../lib/hash-location';
import { ButtonLink } from '../../components/button';
import { may } from '../../session/rights';
import { useSession } from '../../session/use-session';
import { useRules } from './alert-queries';
import { newRulePath, rulePath } from './rule-paths';
import { RuleStateBadge } from './rule-state';

/** More are on the page of all rules. */
const MOST = 5;

interface SourceRulesProps {
  readonly source: { readonly _id: string; readonly bucketId: string };
}

/** The rules of a data source with their states; nothing without rules. */
export function SourceRules({ source }: SourceRulesProps) {
  const { rows, total = 0 } = useRules({ dataSourceId: source._id, sort: 'name' });
  if (rows.length === 0) return null;
  return (
    <Section title="Alerts">
      <ul className="source-rules">
        {rows.slice(0, MOST).map((rule) => (
          <li key={rule._id}>
            <RuleStateBadge {...rule} />
            <Link href={rulePath(rule)}>{rule.name}</Link>
            <span className="muted">{rule.condition}</span>
          </li>
        ))}
      </ul>
      {total > MOST && <Link href={`/alerts?source=${source._id}`}>All {total} rules</Link>}
    </Section>
  );
}

/** Leads to the form of a new rule for a data source. */
export function NewAlertLink({ source, field }: SourceRulesProps & { readonly field: string | undefined }) {
  if (!may(useSession(), 'write')) return null;
  return (
    <ButtonLink icon="bell" href={hashHref(newRulePath(source, field))}>
      New alert
    </ButtonLink>
  );
}
