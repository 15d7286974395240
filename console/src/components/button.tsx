import type { ComponentProps, ReactNode } from 'react';
import { Icon, type IconName } from './icon';

/** `primary`: the one thing to do here. `danger`: cannot be undone. `quiet`: in toolbars and rows. */
export type ButtonKind = 'plain' | 'primary' | 'danger' | 'quiet';

interface Look {
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  readonly children?: ReactNode;
}

export interface ButtonProps extends Look, Omit<ComponentProps<'button'>, 'children'> {
  /** What it does is under way: it takes no second press. */
  readonly isBusy?: boolean;
}

/** A button. One without a text needs an `aria-label`. */
export function Button({ kind = 'plain', icon, isBusy = false, children, className = '', ...rest }: ButtonProps) {
  const isSquare = children === undefined;
  return (
    <button
      type="button"
      {...rest}
      className={`button ${className}`}
      data-kind={kind}
      data-square={isSquare || undefined}
      aria-busy={isBusy || undefined}
      disabled={rest.disabled === true || isBusy}
      title={rest.title ?? (isSquare ? rest['aria-label'] : undefined)}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({ kind = 'plain', icon, children, className = '', ...rest }: Look & ComponentProps<'a'>) {
  return (
    <a {...rest} className={`button ${className}`} data-kind={kind} data-square={children === undefined || undefined}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}
