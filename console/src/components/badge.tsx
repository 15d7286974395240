import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon';

/** `neutral` says what kind a thing is; the others say how it is. */
export type Tone = 'neutral' | 'ok' | 'warn' | 'bad' | 'accent';

const ICONS: Readonly<Record<Exclude<Tone, 'neutral'>, IconName>> = {
  ok: 'check',
  warn: 'warning',
  bad: 'warning',
  accent: 'info',
};

interface BadgeProps {
  readonly children: ReactNode;
  readonly tone?: Tone;
  readonly icon?: IconName;
}

/** A state as a word with an icon: not everyone can tell colors apart. */
export function Badge({ children, tone = 'neutral', icon }: BadgeProps) {
  const shown = icon ?? (tone === 'neutral' ? undefined : ICONS[tone]);
  return (
    <span className="badge" data-tone={tone}>
      {shown && <Icon name={shown} size={12} />}
      {children}
    </span>
  );
}
