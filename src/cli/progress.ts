import type { Terminal } from './command';

const WIDTH = 24;
const SHOWN_EVERY_MILLIS = 100;

/** Shows how far long work has come, for a person who watches. */
export function progressBar(terminal: Terminal, unit: string): (share: number, done: number) => void {
  const startedAt = Date.now();
  let shownAt = 0;
  let first: { share: number; done: number } | undefined;
  return (share, done) => {
    const now = Date.now();
    // What an earlier run did tells nothing of how fast this one is.
    first ??= { share, done };
    if (now - shownAt < SHOWN_EVERY_MILLIS && share < 1) return;
    shownAt = now;
    terminal.progress(line({ share: Math.min(1, share), done, unit, first, seconds: (now - startedAt) / 1000 }));
  };
}

interface Shown {
  readonly share: number;
  readonly done: number;
  readonly unit: string;
  readonly first: { readonly share: number; readonly done: number };
  readonly seconds: number;
}

function line({ share, done, unit, first, seconds }: Shown): string {
  const full = Math.round(share * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  const speed = seconds > 0 ? Math.round((done - first.done) / seconds) : 0;
  const left = share > first.share ? Math.round((seconds * (1 - share)) / (share - first.share)) : 0;
  const number = (value: number) => value.toLocaleString('en-US');
  return `${bar} ${Math.floor(share * 100)} %  ${number(done)} ${unit}, ${number(speed)}/s, ${left} s left   `;
}

/** Whether a person wants it to end. Said again a second later they mean at once: a terminal and npm say it twice at a time. */
export function stopOnInterrupt(): () => boolean {
  let saidAt: number | undefined;
  process.on('SIGINT', () => {
    if (saidAt !== undefined && Date.now() - saidAt > 1000) process.exit(130);
    saidAt ??= Date.now();
  });
  return () => saidAt !== undefined;
}
