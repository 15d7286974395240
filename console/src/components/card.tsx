import type { ReactNode } from 'react';

interface CardProps {
  readonly title: ReactNode;
  /** Beside the title: a badge, a count. */
  readonly about?: ReactNode;
  /** At the foot: where it leads on. */
  readonly foot?: ReactNode;
  /** As wide as all columns. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A part of a page that shows several things beside each other. Cards stand in `<div className="cards">`. */
export function Card({ title, about, foot, isWide = false, children }: CardProps) {
  return (
    <section className="card" data-wide={isWide || undefined}>
      <header className="card-head">
        <h2>{title}</h2>
        {about}
      </header>
      <div className="card-body">{children}</div>
      {foot !== undefined && <footer className="card-foot">{foot}</footer>}
    </section>
  );
}
