import { useCallback, useEffect, useState, type SubmitEvent } from 'react';
import { Link } from 'wouter';
import { ApiProblem } from '../../api/problem';
import { Button, ButtonLink } from '../../components/button';
import { ErrorNotice } from '../../components/error-notice';
import { hashHref, navigate } from '../../lib/hash-location';
import { useToast } from '../../components/toasts';
import { useCreateRule, useUpdateRule, type Rule } from './alert-queries';
import { ConditionField } from './condition-field';
import { ruleInWords } from './condition';
import type { WatchedSource } from './condition-data';
import { NotifyFields } from './notify-fields';
import { Preview } from './preview';
import { bodyOf, draftOf, NEW_DRAFT, type RuleDraft } from './rule-draft';
import { newRulePath } from './rule-paths';
import { SecretDialog } from './rule-webhook';
import { SourceChoice } from './source-choice';
import { TestSend } from './test-send';
import { useAddressState } from '../../lib/address-state';
import { useCondition } from './use-condition';
import { useKeptDraft } from './use-kept-draft';

interface RuleEditorProps {
  readonly source: WatchedSource;
  /** Undefined: a new one. */
  readonly rule: Rule | undefined;
  /** Where the data source can be another one. */
  readonly onSource?: ((source: WatchedSource) => void) | undefined;
}

/** The form of a rule, with what its condition means and when it would have fired. */
export function RuleEditor({ source, rule, onSource }: RuleEditorProps) {
  const [values] = useAddressState();
  const [field] = useState(values.get('field') ?? undefined);
  const [isChoosing, setChoosing] = useState(false);
  const [saved] = useState<RuleDraft>(() => (rule ? draftOf(rule) : NEW_DRAFT));
  const { draft, change, isRestored, isDirty, discard, drop } = useKeptDraft(formPath(source, rule), saved);
  const setText = useCallback((condition: string) => change({ condition }), [change]);
  const typed = useCondition(source, draft.condition, setText);
  const { save, isPending, error, secret, close } = useSave(rule, source, drop);
  const problem = error instanceof ApiProblem ? error : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    save(draft);
  };
  const fields = Object.entries(source.schema).map(([name, { unit }]) => ({ name, unit }));
  const understood = typed.isUnderstood && typed.condition ? ruleInWords(typed.condition, source.schema) : undefined;
  const hookChanged =
    JSON.stringify([draft.webhookUrl, draft.headers]) !== JSON.stringify([saved.webhookUrl, saved.headers]);

  return (
    <form className="rule-editor" onSubmit={submit} noValidate={false}>
      {isRestored && (
        <p className="rule-restored" role="status">
          Your changes from before are here. <Button onClick={discard}>Discard them</Button>
        </p>
      )}
      <p className="rule-source">
        <span className="field-label">Data source</span>
        <Link href={`/buckets/${source.bucketId}/sources/${source._id}`}>{source.name}</Link>
        {onSource && !isChoosing && (
          <Button kind="quiet" onClick={() => setChoosing(true)}>
            Change
          </Button>
        )}
      </p>
      {onSource && isChoosing && (
        <SourceChoice
          onChoose={(chosen) => {
            setChoosing(false);
            onSource(chosen);
          }}
        />
      )}
      <ConditionField
        text={draft.condition}
        onText={setText}
        problem={typed.problem}
        message={typed.message}
        understood={understood}
        fields={fields}
      />
      {typed.failure !== null && <ErrorNotice error={typed.failure} />}
      <Preview source={source} text={draft.condition} typed={typed} cooldown={draft.cooldown} field={field} />
      <div className="rule-notify">
        <NotifyFields draft={draft} onChange={change} problem={problem} />
        {rule && draft.webhookUrl !== '' && (
          <TestSend alertId={rule._id} blocked={hookChanged ? 'Save the changes first' : undefined} />
        )}
      </div>
      {error && <ErrorNotice error={error} />}
      <div className="rule-actions">
        <Button kind="primary" type="submit" isBusy={isPending}>
          {rule ? 'Save' : 'Create'}
        </Button>
        <ButtonLink href={hashHref(rule ? `/alerts/${rule._id}` : '/alerts')}>Cancel</ButtonLink>
        {isDirty && <span className="muted">Not saved</span>}
      </div>
      {secret && <SecretDialog name={draft.name} secret={secret} onStored={close} />}
    </form>
  );
}

function formPath(source: WatchedSource, rule: Rule | undefined): string {
  return rule ? `/alerts/${rule._id}/edit` : newRulePath(source);
}

/** Saves a form. A new rule with a webhook shows its secret before its page opens. */
function useSave(rule: Rule | undefined, source: WatchedSource, onSaved: () => void) {
  const create = useCreateRule();
  const update = useUpdateRule(rule?._id ?? '');
  const toast = useToast();
  const [made, setMade] = useState<{ readonly id: string; readonly secret: string }>();
  const [stored, setStored] = useState<string>();
  // Afterwards: as long as it is shown, the dialog with the secret stays at its address.
  useEffect(() => {
    if (stored !== undefined) navigate(`/alerts/${stored}`, { replace: true });
  }, [stored]);
  const open = (id: string) => navigate(`/alerts/${id}`, { replace: true });
  const save = (draft: RuleDraft) => {
    const body = bodyOf(draft);
    if (rule) {
      update.mutate(body, {
        onSuccess: () => {
          onSaved();
          toast('Saved');
          open(rule._id);
        },
      });
      return;
    }
    const { repeatMinutes, ...rest } = body;
    const wanted = {
      ...rest,
      bucketId: source.bucketId,
      dataSourceId: source._id,
      ...(repeatMinutes !== null && { repeatMinutes }),
    };
    create.mutate(wanted, {
      onSuccess: ({ alertRule: { _id, webhookUrl, webhookSecret } }) => {
        onSaved();
        if (webhookUrl === null) open(_id);
        else setMade({ id: _id, secret: webhookSecret });
      },
    });
  };
  return {
    save,
    isPending: create.isPending || update.isPending || made !== undefined,
    error: create.error ?? update.error,
    secret: made?.secret,
    close: () => {
      setMade(undefined);
      setStored(made?.id);
    },
  };
}
