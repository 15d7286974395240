import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { windowOf } from '../lib/window-rows';
import { Icon } from './icon';

export interface Column<R> {
  readonly id: string;
  readonly header: ReactNode;
  readonly cell: (row: R) => ReactNode;
  /** Numbers are aligned right. */
  readonly align?: 'right';
  /** Left out on narrow screens: below 600 or below 960 pixels. */
  readonly hideBelow?: 600 | 960;
  /** Its header sorts, in this direction at the first press. */
  readonly sortFirst?: 'asc' | 'desc';
  readonly width?: string;
  /** What is too long for it is cut: `name` at a width that names seldom need, `rest` where the other columns leave no room. */
  readonly cut?: 'name' | 'rest';
}

export interface Sort {
  readonly column: string;
  readonly direction: 'asc' | 'desc';
}

export interface TableProps<R> {
  /** What the table lists. */
  readonly label: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly rowId: (row: R) => string;
  /** What a click on a row, or Enter, does. The first column still has a link, for those who see no row. */
  readonly onOpen?: (row: R) => void;
  readonly sort?: Sort | undefined;
  readonly onSort?: (sort: Sort) => void;
  /** Called when the end comes near. */
  readonly onEnd?: () => void;
  readonly isRowDimmed?: (row: R) => boolean;
  /** Its first cells have two lines. */
  readonly isTall?: boolean;
  /** Its first column stays where the others are scrolled sideways. */
  readonly isFirstFixed?: boolean;
}

/** From this many rows on, only those in sight are in the page. */
const VIRTUAL_FROM = 100;
/** What `--row` is there: 36 pixels, or 44 for fingers, or 56 for two lines. */
const rowHeightOf = (element: Element) => parseFloat(getComputedStyle(element).getPropertyValue('--row')) || 36;

/**
 * A table with rows of one height. Arrow keys, Page Up and Down, Home and End move between rows, Enter opens one. Beyond a hundred rows
 * it scrolls by itself, and only the rows in sight are in the page.
 */
export function Table<R>(props: TableProps<R>) {
  const { label, columns, rows, rowId, onOpen, sort, onSort, onEnd, isRowDimmed, isTall, isFirstFixed } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ scrollTop: 0, height: 640, rowHeight: 36 });
  const toFocus = useRef<number | null>(null);
  const [active, setActive] = useState(0);
  const isVirtual = rows.length > VIRTUAL_FROM;
  const { first, end, above, below } = isVirtual
    ? windowOf(rows.length, view)
    : { first: 0, end: rows.length, above: 0, below: 0 };

  useEffect(() => {
    const element = scroller.current;
    if (!element || !isVirtual) return undefined;
    const measure = () =>
      setView({ scrollTop: element.scrollTop, height: element.clientHeight, rowHeight: rowHeightOf(element) });
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      observer.disconnect();
    };
  }, [isVirtual]);

  useEffect(() => {
    if (end >= rows.length) onEnd?.();
  }, [end, rows.length, onEnd]);

  // A row that the keys lead to may be in the page after the next scrolling alone.
  useEffect(() => {
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${toFocus.current}"]`);
    if (!row) return;
    toFocus.current = null;
    row.focus();
  });

  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setActive(next);
    const element = scroller.current;
    if (isVirtual && element) scrollTo(element, next, view.rowHeight);
    toFocus.current = next;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>, index: number) => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor(view.height / view.rowHeight) - 1);
    const targets: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: rows.length - 1,
    };
    const target = targets[event.key];
    const row = rows[index];
    if (target !== undefined) moveTo(target);
    else if (event.key === 'Enter' && row !== undefined) onOpen?.(row);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      className="table-scroller"
      data-virtual={isVirtual || undefined}
      data-tall={isTall || undefined}
      data-first-fixed={isFirstFixed || undefined}
    >
      <table className="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Spacer height={above} />}
          {rows.slice(first, end).map((row, offset) => {
            const index = first + offset;
            return (
              <tr
                key={rowId(row)}
                data-index={index}
                aria-rowindex={index + 2}
                data-opens={onOpen !== undefined || undefined}
                data-dimmed={isRowDimmed?.(row) || undefined}
                tabIndex={index === Math.min(active, rows.length - 1) ? 0 : -1}
                onFocus={() => setActive(index)}
                onKeyDown={(event) => onKeyDown(event, index)}
                onClick={(event) => isPlainClick(event.target) && onOpen?.(row)}
              >
                {columns.map(({ id, cell, align, hideBelow, cut }) => (
                  <td key={id} data-align={align} data-hide-below={hideBelow} data-cut={cut}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {below > 0 && <Spacer height={below} />}
        </tbody>
      </table>
    </div>
  );
}

interface HeaderCellProps<R> {
  readonly column: Column<R>;
  readonly sort: Sort | undefined;
  readonly onSort: ((sort: Sort) => void) | undefined;
}

function HeaderCell<R>({ column, sort, onSort }: HeaderCellProps<R>) {
  const { id, header, align, hideBelow, sortFirst, width, cut } = column;
  const direction = sort?.column === id ? sort.direction : undefined;
  const attributes = {
    scope: 'col',
    'data-align': align,
    'data-hide-below': hideBelow,
    'data-cut': cut,
    style: width ? { width } : undefined,
  };
  if (!sortFirst || !onSort) return <th {...attributes}>{header}</th>;
  const next = direction === undefined ? sortFirst : direction === 'asc' ? 'desc' : 'asc';
  return (
    <th {...attributes} aria-sort={direction === undefined ? 'none' : direction === 'asc' ? 'ascending' : 'descending'}>
      <button type="button" className="table-sort" onClick={() => onSort({ column: id, direction: next })}>
        {header}
        {direction && <Icon name={direction === 'asc' ? 'up' : 'down'} size={12} />}
      </button>
    </th>
  );
}

function Spacer({ height }: { readonly height: number }) {
  return (
    <tr aria-hidden="true">
      <td className="table-spacer" style={{ height }} />
    </tr>
  );
}

/** Whether a click is on the row itself, and not on a link or control in it. */
function isPlainClick(target: EventTarget): boolean {
  return target instanceof Element && !target.closest('a, button, input, select, label, [popover]');
}

/** Scrolls as little as brings a row into sight, below the header that stays. */
function scrollTo(element: HTMLElement, index: number, rowHeight: number): void {
  const head = element.querySelector('thead')?.clientHeight ?? 0;
  const top = index * rowHeight;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (top + rowHeight > element.scrollTop + element.clientHeight - head)
    element.scrollTop = top + rowHeight - element.clientHeight + head;
}
