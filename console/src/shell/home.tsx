import { Redirect } from 'wouter';
import { LoadingPage } from '../components/loading-page';
import { homePathOf } from '../session/rights';
import { useSession } from '../session/use-session';
import { useBuckets } from '../screens/buckets/bucket-queries';

/** Leads to where a session begins. */
export function Home() {
  const session = useSession();
  return session.type === 'admin' ? <AdminHome /> : <Redirect to={homePathOf(session)} replace />;
}

/**
 * Without a bucket there is nothing to look at. That is found out before a screen is loaded, so that the first page of an empty server does not
 * load the overview too. Both screens need the list of buckets anyway.
 */
function AdminHome() {
  const { rows, isPending, isFetching, error } = useBuckets();
  const isEmpty = rows.length === 0 && !error;
  // What was read before may be older than the first bucket.
  if (isPending || (isEmpty && isFetching)) return <LoadingPage />;
  return <Redirect to={isEmpty ? '/start' : '/overview'} replace />;
}
