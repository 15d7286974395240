import { ErrorNotice } from '../../components/error-notice';
import { Section } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { useDeliveries } from './delivery-queries';
import { DeliveryTable } from './delivery-table';

/** The messages of a rule. */
export function RuleDeliveries({ alertId }: { readonly alertId: string }) {
  const { rows, error, isPending, more, refetch } = useDeliveries(alertId);
  return (
    <Section title="Deliveries">
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={3} />}
      {!isPending && !error && rows.length === 0 && <p className="muted">Nothing was sent yet.</p>}
      {rows.length > 0 && <DeliveryTable label="Deliveries" deliveries={rows} onEnd={more} alertIdOf={() => alertId} />}
    </Section>
  );
}
