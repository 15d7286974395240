import { Page } from './page';
import { Skeleton } from './skeleton';

/** A page whose title is not known yet. */
export function LoadingPage() {
  return (
    <Page title={undefined}>
      <Skeleton rows={6} height={96} />
    </Page>
  );
}
