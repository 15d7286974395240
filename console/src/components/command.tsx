import { CopyButton } from './copy-button';

/** A command to run in a terminal, with a button that copies it. */
export function Command({ text, label = 'Copy the command' }: { readonly text: string; readonly label?: string }) {
  return (
    <div className="command">
      {/* It scrolls, so the keyboard must reach it. */}
      <pre className="command-text" tabIndex={0} role="region" aria-label="Command">
        <code>{text}</code>
      </pre>
      <CopyButton text={text} label={label} kind="quiet" isSquare />
    </div>
  );
}
