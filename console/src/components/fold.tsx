import type { ReactNode } from 'react';

interface FoldProps {
  readonly label: string;
  /** It is opened, such as for a problem inside of it. It can be closed again. */
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}

/** What few need, behind a line that opens it. */
export function Fold({ label, isOpen = false, children }: FoldProps) {
  return (
    <details className="fold" open={isOpen}>
      <summary>{label}</summary>
      <div className="form">{children}</div>
    </details>
  );
}
