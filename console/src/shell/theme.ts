import { useSyncExternalStore } from 'react';
import { readStored, writeStored } from '../lib/storage';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const NAME = 'dakkio.theme';
const CHANGED = 'dakkio-theme';

/** The theme that the person chose, and a way to choose another. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, chosenTheme), chooseTheme];
}

/** What is drawn now. Canvases read their colors again when it changes. */
export function useDrawnTheme(): string {
  return useSyncExternalStore(subscribe, () => document.documentElement.dataset.theme ?? 'light');
}

function chosenTheme(): Theme {
  const stored = readStored(() => localStorage, NAME);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

function chooseTheme(theme: Theme): void {
  writeStored(() => localStorage, NAME, theme === 'system' ? null : theme);
  dispatchEvent(new Event(CHANGED));
}

function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  addEventListener(CHANGED, changed);
  return () => {
    observer.disconnect();
    removeEventListener(CHANGED, changed);
  };
}
