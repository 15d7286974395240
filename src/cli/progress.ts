import type { Terminal } from './command';

const WIDTH = 24;
const SHOWN_EVERY_MILLIS = 100;

/** Returns a function that shows progress, speed and the time left. */
export function progressBar(terminal: Terminal, unit: string): (share: number, done: number) => void {
  const startedAt = Date.now();
  let shownAt = 0;
  let first: { share: number; done: number } | undefined;
  return (share, done) => {
    const now = Date.now();
    // Work that an earlier run has done does not count towards the speed of this one.
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

/**
 * Returns a function that says whether Ctrl-C was pressed. A second Ctrl-C ends the process at once; it counts from a second later on,
 * since a terminal and npm both forward the first one.
 */
export function stopOnInterrupt(): () => boolean {
  let saidAt: number | undefined;
  process.on('SIGINT', () => {
    if (saidAt !== undefined && Date.now() - saidAt > 1000) process.exit(130);
    saidAt ??= Date.now();
  });
  return () => saidAt !== undefined;
}
