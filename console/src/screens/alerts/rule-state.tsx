import { Badge, type Tone } from '../../components/badge';
import type { IconName } from '../../components/icon';
import type { Rule, RuleState } from './alert-queries';

interface Look {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: Tone;
}

const LOOKS: Readonly<Record<RuleState, Look>> = {
  triggered: { word: 'firing', icon: 'bell', tone: 'bad' },
  pending: { word: 'pending', icon: 'clock', tone: 'warn' },
  cooldown: { word: 'cooldown', icon: 'clock', tone: 'neutral' },
  resolved: { word: 'resolved', icon: 'check', tone: 'ok' },
  ok: { word: 'ok', icon: 'check', tone: 'ok' },
};

/** A state as it is called in the console. */
export function stateWord(state: RuleState): string {
  return LOOKS[state].word;
}

/** The state of a rule: a paused one has none. */
export function RuleStateBadge({ state, status }: Pick<Rule, 'state' | 'status'>) {
  if (status === 'paused') return <Badge icon="pause">paused</Badge>;
  const { word, icon, tone } = LOOKS[state];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
