import { Link, useLocation } from 'wouter';
import { Icon } from '../components/icon';
import { useSession } from '../session/use-session';
import { SCREENS } from '../screens/screens';
import { placesOf, type Place } from './places';

/** The screens that the session may use. */
export function Navigation({ onFollow }: { readonly onFollow?: () => void }) {
  const session = useSession();
  const [path] = useLocation();
  return (
    <nav aria-label="Console" className="navigation">
      <ul>
        {placesOf(SCREENS, session).map((place) => (
          <li key={place.path}>
            <Link
              href={place.path}
              className="navigation-link"
              aria-current={isAt(path, place) ? 'page' : undefined}
              onClick={onFollow}
            >
              <Icon name={place.icon} />
              {place.label}
              {place.Count && <place.Count />}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function isAt(path: string, place: Place): boolean {
  return path === place.path || path.startsWith(`${place.path}/`);
}
