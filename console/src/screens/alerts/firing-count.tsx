import { useFiringCount } from './alert-queries';

/** In the navigation: how many rules fire now. */
export function FiringCount() {
  const count = useFiringCount();
  if (count === 0) return null;
  return (
    <span className="firing-count">
      {count} <span className="unseen">firing</span>
    </span>
  );
}
