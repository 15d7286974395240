import { Link } from 'wouter';
import { Badge } from '../components/badge';
import { Button } from '../components/button';
import { Icon, type IconName } from '../components/icon';
import { Time } from '../components/time';
import { docsHref } from '../api/server';
import { useServerInfo } from '../api/server-info';
import { signOut } from '../session/sign-in';
import { typeName } from '../session/rights';
import { useSession } from '../session/use-session';
import { THEMES, useTheme, type Theme } from './theme';

const THEME_ICONS: Readonly<Record<Theme, IconName>> = { system: 'screen', light: 'sun', dark: 'moon' };
const THEME_NAMES: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' };

/** Who is signed in, the theme, and the way out. */
export function SessionCard() {
  const { name, type, kind, expiresAt } = useSession();
  const { data: server } = useServerInfo();
  return (
    <div className="session-card">
      {server?.docs !== undefined && (
        <a href={docsHref('docs')} className="navigation-link">
          <Icon name="book" />
          API documentation
        </a>
      )}
      <div className="session-key">
        <Link href="/key" className="session-name" title={name}>
          {name}
        </Link>
        <Badge>{typeName(type)}</Badge>
      </div>
      <p className="session-end">
        {expiresAt === null ? (
          'The key has no end'
        ) : (
          <>
            {kind === 'session' ? 'Session ends ' : 'Key expires '}
            <Time at={expiresAt} come="now" />
          </>
        )}
      </p>
      <div className="session-actions">
        <ThemeSwitch />
        <Button kind="quiet" icon="out" onClick={() => signOut()}>
          Sign out
        </Button>
      </div>
    </div>
  );
}

function ThemeSwitch() {
  const [chosen, choose] = useTheme();
  return (
    <div className="theme-switch" role="group" aria-label="Theme">
      {THEMES.map((theme) => (
        <button
          key={theme}
          type="button"
          className="theme-option"
          aria-pressed={theme === chosen}
          aria-label={THEME_NAMES[theme]}
          title={THEME_NAMES[theme]}
          onClick={() => choose(theme)}
        >
          <Icon name={THEME_ICONS[theme]} size={14} />
        </button>
      ))}
    </div>
  );
}
