// Runs before the page is drawn, so that it never flashes in the other theme. It stands alone: `theme.ts` says what is chosen.
const THEME = 'dakkio.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

function applyTheme(): void {
  const chosen = storedTheme();
  const isDark = chosen === 'dark' || (chosen !== 'light' && dark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

/** A browser that blocks storage throws. */
function storedTheme(): string | null {
  try {
    return localStorage.getItem(THEME);
  } catch {
    return null;
  }
}

applyTheme();
dark.addEventListener('change', applyTheme);
addEventListener('storage', applyTheme);
addEventListener('dakkio-theme', applyTheme);
