import { Empty } from '../../components/empty';
import { ErrorNotice } from '../../components/error-notice';
import { TextField } from '../../components/field';
import { Toolbar } from '../../components/page';
import { Skeleton } from '../../components/skeleton';
import { useAddressState } from '../../lib/address-state';
import { useFailedDeliveries } from './delivery-queries';
import { DeliveryTable } from './delivery-table';

/** The messages of all rules that no webhook accepted. */
export function FailedDeliveries() {
  const [values, change] = useAddressState();
  const q = values.get('q')?.slice(0, 100) ?? '';
  const { rows, error, isPending, more, refetch } = useFailedDeliveries(q);
  return (
    <div className="alerts-list">
      {error && <ErrorNotice error={error} onRetry={refetch} />}
      {isPending && !error && <Skeleton rows={4} />}
      {(rows.length > 0 || q !== '') && (
        <Toolbar>
          <TextField
            label="Find a rule"
            isLabelUnseen
            type="search"
            placeholder="Find by rule"
            value={q}
            onChange={({ target }) => change({ q: target.value || null }, { replace: true })}
          />
        </Toolbar>
      )}
      {!isPending && !error && rows.length === 0 && (
        <Empty icon="check" title={q ? 'No failed delivery of a rule with this name' : 'No delivery has failed'}>
          Failed deliveries are kept for 30 days.
        </Empty>
      )}
      {rows.length > 0 && (
        <DeliveryTable
          label="Failed deliveries"
          deliveries={rows}
          onEnd={more}
          alertIdOf={({ alertId }) => alertId}
          ruleNameOf={({ alertName }) => alertName}
        />
      )}
    </div>
  );
}
