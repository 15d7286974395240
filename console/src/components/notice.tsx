import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon';
import type { Tone } from './badge';

const ICONS: Readonly<Record<Tone, IconName>> = {
  neutral: 'info',
  accent: 'info',
  ok: 'check',
  warn: 'warning',
  bad: 'warning',
};

interface NoticeProps {
  readonly tone?: Tone;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
  /** It is said to a screen reader as soon as it appears. */
  readonly isUrgent?: boolean;
}

/** A sentence that stands above what it concerns. */
export function Notice({ tone = 'neutral', children, actions, isUrgent = false }: NoticeProps) {
  return (
    <div className="notice" data-tone={tone} role={isUrgent ? 'alert' : undefined}>
      <Icon name={ICONS[tone]} />
      <div className="notice-text">{children}</div>
      {actions}
    </div>
  );
}
