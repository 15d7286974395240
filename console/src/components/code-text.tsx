import { Fragment } from 'react';

/** A text in which backticks mark code, as the server's own descriptions have it. */
export function CodeText({ text }: { readonly text: string }) {
  return text
    .split('`')
    .map((part, index) =>
      index % 2 === 1 ? <code key={index}>{part}</code> : <Fragment key={index}>{part}</Fragment>,
    );
}
