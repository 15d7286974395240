import { useEffect, useRef, type ReactNode } from 'react';
import { Link } from 'wouter';

export interface Crumb {
  readonly label: ReactNode;
  readonly path: string;
}

export interface PageProps {
  /** The heading and the title of the document. Undefined while it is not known. */
  readonly title: string | undefined;
  /** Where the page is: the pages above it, from the top. */
  readonly crumbs?: readonly Crumb[];
  /** Beside the heading: what the thing is, such as badges. */
  readonly about?: ReactNode;
  /** What can be done here. */
  readonly actions?: ReactNode;
  /** It uses the whole width of a large screen. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** The frame of a screen: its heading, actions and content. A new page takes the focus, so that a screen reader begins there. */
export function Page({ title, crumbs = [], about, actions, isWide = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    document.title = title === undefined ? 'Dakkio' : `${title} · Dakkio`;
  }, [title]);

  useEffect(() => {
    // At the first page the browser's own order is right.
    if (hasShownPage) heading.current?.focus({ preventScroll: true });
    hasShownPage = true;
  }, []);

  return (
    <div className="page" data-wide={isWide || undefined}>
      <header className="page-head">
        <div className="page-title">
          {crumbs.length > 0 && (
            <nav aria-label="Above this page" className="page-crumbs">
              {crumbs.map(({ label, path }) => (
                <Link key={path} href={path}>
                  {label}
                </Link>
              ))}
            </nav>
          )}
          <div className="page-name">
            <h1 ref={heading} tabIndex={-1}>
              {title ?? <span className="page-unnamed">Loading</span>}
            </h1>
            {about}
          </div>
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

let hasShownPage = false;

/** A part of a page with a heading of its own. */
export function Section({
  title,
  actions,
  children,
}: Pick<PageProps, 'actions' | 'children'> & { readonly title: string }) {
  return (
    <section className="section">
      <header className="section-head">
        <h2>{title}</h2>
        {actions}
      </header>
      {children}
    </section>
  );
}

/** Text fields, selections and buttons above a list. */
export function Toolbar({ children }: { readonly children: ReactNode }) {
  return <div className="toolbar">{children}</div>;
}
