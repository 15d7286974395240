import { Link } from 'wouter';
import { Facts } from '../../components/facts';
import { Time } from '../../components/time';
import { counted } from '../../lib/numbers';
import type { Rule } from './alert-queries';
import { ruleInWords, type Condition } from './condition';
import type { WatchedSource } from './condition-data';

interface RuleFactsProps {
  readonly rule: Rule;
  readonly source: WatchedSource | undefined;
}

/** What a rule watches, and how often it speaks up. */
export function RuleFacts({ rule, source }: RuleFactsProps) {
  const { bucketId, dataSourceId, cooldownMinutes, repeatMinutes } = rule;
  const reminders = repeatMinutes === 0 ? 'no reminders' : `reminders every ${counted(repeatMinutes, 'minute')}`;
  return (
    <Facts
      facts={[
        { name: 'Condition', value: rule.condition },
        { name: 'Meaning', value: ruleInWords(rule.parsedCondition as unknown as Condition, source?.schema ?? {}) },
        {
          name: 'Data source',
          value: <Link href={`/buckets/${bucketId}/sources/${dataSourceId}`}>{source?.name ?? dataSourceId}</Link>,
        },
        { name: 'Last fired', value: <Time at={rule.lastTriggeredAt} /> },
        { name: 'Cooldown', value: `${counted(cooldownMinutes, 'minute')}, ${reminders}` },
      ]}
    />
  );
}
