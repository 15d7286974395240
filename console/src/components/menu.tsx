import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { Button, type ButtonKind } from './button';
import { Icon, type IconName } from './icon';
import { placeBelow } from './placement';

export interface MenuItem {
  readonly label: string;
  readonly icon?: IconName;
  readonly onSelect: () => void;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
}

export interface MenuProps {
  /** What the menu is for. It is the button's text, or its name where the button has an icon alone. */
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly icon?: IconName;
  readonly kind?: ButtonKind;
  readonly isSquare?: boolean;
}

/** A button that opens a list of things to do. Arrow keys move in it, Esc closes it. */
export function Menu({ label, items, icon, kind = 'quiet', isSquare = false }: MenuProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  const moveTo = (step: 1 | -1 | 'first' | 'last') => {
    const entries = [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? [])];
    const present = entries.findIndex((entry) => entry === document.activeElement);
    const next = step === 'first' ? 0 : step === 'last' ? -1 : (present + step) % entries.length;
    entries.at(next)?.focus();
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => moveTo(1),
    ArrowUp: () => moveTo(-1),
    Home: () => moveTo('first'),
    End: () => moveTo('last'),
    Tab: () => list.current?.hidePopover(),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = keys[event.key];
    if (!act) return;
    if (event.key !== 'Tab') event.preventDefault();
    act();
  };

  return (
    <>
      <Button
        ref={button}
        kind={kind}
        icon={icon ?? (isSquare ? 'more' : 'down')}
        aria-label={isSquare ? label : undefined}
        aria-haspopup="menu"
        aria-controls={id}
        popoverTarget={id}
      >
        {isSquare ? undefined : label}
      </Button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        className="popover menu"
        onKeyDown={onKeyDown}
        onToggle={({ newState }) => {
          if (newState !== 'open' || !list.current || !button.current) return;
          placeBelow(list.current, button.current);
          moveTo('first');
        }}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className="menu-item"
            data-danger={item.isDanger || undefined}
            disabled={item.isDisabled}
            onClick={() => {
              list.current?.hidePopover();
              item.onSelect();
            }}
          >
            {item.icon && <Icon name={item.icon} />}
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}

export interface PopoverProps {
  readonly label: string;
  readonly children: ReactNode;
  readonly icon?: IconName;
  readonly kind?: ButtonKind;
  /** On a phone the button has its icon alone. */
  readonly isShortBelow600?: boolean;
}

/** A button that opens a panel beside it: a form, a legend. Esc or a click elsewhere closes it. */
export function Popover({ label, children, icon = 'down', kind = 'plain', isShortBelow600 = false }: PopoverProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <Button ref={button} kind={kind} icon={icon} aria-controls={id} popoverTarget={id}>
        <span className={isShortBelow600 ? 'unseen-below-600' : undefined}>{label}</span>
      </Button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        className="popover popover-panel"
        onToggle={({ newState }) => {
          if (newState === 'open' && panel.current && button.current) placeBelow(panel.current, button.current);
        }}
      >
        {children}
      </div>
    </>
  );
}
