import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, type Api } from '../../api/client';
import { useCursorList } from '../../api/lists';
import { ALERTS } from './alert-queries';

export type Delivery = Api<'DeliveryView'>;
export type DeliveryOfRule = Api<'DeliveryOfRuleView'>;

/** How often a message that waits for its next attempt is read again. */
const WAITING_MILLIS = 5000;

const deliveriesOf = ({ deliveries }: Api<'DeliveryList'>) => deliveries;
const allDeliveriesOf = ({ deliveries }: Api<'AllDeliveriesList'>) => deliveries;

/** What was sent to the webhook of a rule, newest first. */
export function useDeliveries(alertId: string) {
  return useCursorList({
    queryKey: [...ALERTS, 'rule', alertId, 'deliveries'],
    read: (after, signal) => {
      const params = { path: { alertId }, query: { limit: 100, after } };
      return answer(api.GET('/api/alerts/{alertId}/deliveries', { params, signal }));
    },
    rowsOf: deliveriesOf,
  });
}

/** What no webhook of the organization accepted, newest first. */
export function useFailedDeliveries(q: string) {
  return useCursorList({
    queryKey: [...ALERTS, 'deliveries', 'failed', q],
    read: (after, signal) => {
      const query = { status: 'failed', limit: 100, after, q: q || undefined } as const;
      return answer(api.GET('/api/deliveries', { params: { query }, signal }));
    },
    rowsOf: allDeliveriesOf,
  });
}

/** A delivery with what was sent. */
export function useDelivery(alertId: string, deliveryId: string) {
  return useQuery({
    queryKey: [...ALERTS, 'delivery', deliveryId],
    queryFn: async ({ signal }) => {
      const params = { path: { alertId, deliveryId } };
      return (await answer(api.GET('/api/alerts/{alertId}/deliveries/{deliveryId}', { params, signal }))).delivery;
    },
    refetchInterval: ({ state: { data } }) => (data?.status === 'waiting' ? WAITING_MILLIS : false),
  });
}

/** Sends a delivery again. */
export function useReplay(alertId: string, deliveryId: string) {
  const queryClient = useQueryClient();
  const params = { path: { alertId, deliveryId } };
  return useMutation({
    mutationFn: () => answer(api.POST('/api/alerts/{alertId}/deliveries/{deliveryId}/replay', { params })),
    // Not waited for: without the delivery in the list, its dialog goes away before it has said that the message is sent.
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ALERTS }),
  });
}
