import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon';

interface EmptyProps {
  readonly icon?: IconName;
  /** What is not there. */
  readonly title: string;
  /** What to do about it. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

/** Where there is nothing yet: what will be here, and the next step. */
export function Empty({ icon, title, children, actions }: EmptyProps) {
  return (
    <div className="empty">
      {icon && <Icon name={icon} size={28} />}
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <div className="empty-actions">{actions}</div>}
    </div>
  );
}
