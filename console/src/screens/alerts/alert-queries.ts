import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, type Api } from '../../api/client';
import { useCursorList } from '../../api/lists';

export type Rule = Api<'AlertRuleView'>;
export type RuleState = Rule['state'];
export type RuleSort = 'name' | '-name' | 'lastTriggeredAt' | '-lastTriggeredAt';

/** Everything that is read of rules has a key below this one. */
export const ALERTS = ['alerts'] as const;
/** Not below `list`, which is read again when the count changes. */
const FIRING_COUNT = [...ALERTS, 'firing-count'] as const;
const STATE_MILLIS = 10_000;
const PAGE = 200;

export interface RuleFilter {
  readonly q?: string | undefined;
  readonly state?: RuleState | undefined;
  readonly status?: Rule['status'] | undefined;
  readonly bucketId?: string | undefined;
  readonly dataSourceId?: string | undefined;
  readonly sort?: RuleSort | undefined;
}

const rulesOf = ({ alertRules }: Api<'AlertList'>) => alertRules;

/** The rules of all buckets that the key can access, page by page. */
export function useRules(filter: RuleFilter, isEnabled = true) {
  return useCursorList({
    queryKey: [...ALERTS, 'list', filter],
    read: (after, signal) => {
      const query = { ...filter, limit: PAGE, after };
      return answer(api.GET('/api/alerts', { params: { query }, signal }));
    },
    rowsOf: rulesOf,
    isEnabled,
  });
}

/** How many rules fire now. Lists are read again when it changes. */
export function useFiringCount(): number {
  const queryClient = useQueryClient();
  const { data = 0 } = useQuery({
    queryKey: FIRING_COUNT,
    queryFn: async ({ signal }) => {
      const query = { state: 'triggered', limit: 1 } as const;
      const { pagination } = await answer(api.GET('/api/alerts', { params: { query }, signal }));
      if (queryClient.getQueryData(FIRING_COUNT) !== pagination.total)
        void queryClient.invalidateQueries({ queryKey: [...ALERTS, 'list'] });
      return pagination.total;
    },
    refetchInterval: STATE_MILLIS,
  });
  return data;
}

const ofRule = (alertId: string) => ({ params: { path: { alertId } } });

/** A rule, with its state as it changes. */
export function useRule(alertId: string) {
  return useQuery({
    queryKey: [...ALERTS, 'rule', alertId],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/alerts/{alertId}', { ...ofRule(alertId), signal }))).alertRule,
    refetchInterval: STATE_MILLIS,
  });
}

const eventsOf = ({ history }: Api<'AlertHistory'>) => history;

/** When a rule fired and resolved, newest first. It is read again when the state of the rule changes. */
export function useHistory(alertId: string, state: RuleState | undefined) {
  return useCursorList({
    queryKey: [...ALERTS, 'rule', alertId, 'history', state],
    read: (after, signal) => {
      const params = { path: { alertId }, query: { limit: 100, after } };
      return answer(api.GET('/api/alerts/{alertId}/history', { params, signal }));
    },
    rowsOf: eventsOf,
    isEnabled: state !== undefined,
  });
}

export type ParseBody = Api<'ParseBody'>;

/** How the server understands a condition. What it understood before stays meanwhile. */
export function useParsed(body: ParseBody | undefined) {
  return useQuery({
    queryKey: ['condition', 'parse', body],
    queryFn: async ({ signal }) =>
      answer(api.POST('/api/alerts/parse', { body: body ?? { condition: '' }, signal })) as Promise<Api<'ParseReply'>>,
    enabled: body !== undefined,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
}

export type PreviewBody = Api<'PreviewBody'>;

/** When a condition would have fired. */
export function usePreview(body: PreviewBody | undefined) {
  return useQuery({
    queryKey: ['condition', 'preview', body],
    queryFn: ({ signal }) =>
      answer(
        api.POST('/api/alerts/preview', { body: body ?? { condition: '', startTime: 0, endTime: 0 }, signal }),
      ) as Promise<Api<'PreviewReply'>>,
    enabled: body !== undefined,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

/** Whatever changed a rule: everything that is shown of rules is read again. */
function useRuleChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ALERTS }),
  });
}

export function useCreateRule() {
  return useRuleChange((body: Api<'CreateAlertBody'>) => answer(api.POST('/api/alerts', { body })));
}

export function useUpdateRule(alertId: string) {
  return useRuleChange((body: Api<'UpdateAlertBody'>) =>
    answer(api.PATCH('/api/alerts/{alertId}', { ...ofRule(alertId), body })),
  );
}

/** Deletes a rule. What is shown of the rule itself is not read again: it is gone. */
export function useDeleteRule(alertId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.DELETE('/api/alerts/{alertId}', ofRule(alertId))),
    onSuccess: () => {
      for (const list of ['list', 'firing', 'firing-count', 'deliveries'])
        void queryClient.invalidateQueries({ queryKey: [...ALERTS, list] });
    },
  });
}

export function useRotateSecret(alertId: string) {
  return useRuleChange(() => answer(api.POST('/api/alerts/{alertId}/rotate-secret', ofRule(alertId))));
}

export function useTestSend(alertId: string) {
  return useRuleChange(() => answer(api.POST('/api/alerts/{alertId}/test', ofRule(alertId))));
}
