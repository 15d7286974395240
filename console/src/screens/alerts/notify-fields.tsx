import type { ApiProblem } from '../../api/problem';
import { Button } from '../../components/button';
import { TextField } from '../../components/field';
import type { HeaderDraft, RuleDraft } from './rule-draft';

const MAX_HEADERS = 10;

/** What is wrong with a field. The server lists details only where there are several problems; a sentence begins with its field. */
function faultOf(problem: ApiProblem | undefined, field: string): string | undefined {
  return problem?.messageOf(field) ?? (problem?.message.startsWith(field) ? problem.message : undefined);
}

interface NotifyFieldsProps {
  readonly draft: RuleDraft;
  readonly onChange: (change: Partial<RuleDraft>) => void;
  readonly problem: ApiProblem | undefined;
}

/** The name of a rule, how often it speaks up, and which webhook it calls. */
export function NotifyFields({ draft, onChange, problem }: NotifyFieldsProps) {
  const hasHook = draft.webhookUrl.trim() !== '';
  return (
    <>
      <TextField
        label="Name"
        required
        maxLength={100}
        value={draft.name}
        error={faultOf(problem, 'name')}
        onChange={({ target }) => onChange({ name: target.value })}
      />
      <div className="alert-pair">
        <TextField
          label="Cooldown in minutes"
          inputMode="numeric"
          required
          value={draft.cooldown}
          error={faultOf(problem, 'cooldownMinutes')}
          hint="After a notification, it does not fire again for this time."
          onChange={({ target }) => onChange({ cooldown: target.value })}
        />
        <TextField
          label="Reminder interval in minutes"
          inputMode="numeric"
          placeholder={draft.cooldown}
          value={draft.repeat}
          error={faultOf(problem, 'repeatMinutes')}
          hint="While it fires. 0 sends none; empty means as often as the cooldown."
          onChange={({ target }) => onChange({ repeat: target.value })}
        />
      </div>
      <TextField
        label="Webhook URL (optional)"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        maxLength={2000}
        placeholder="https://example.com/hooks/dakkio"
        value={draft.webhookUrl}
        error={faultOf(problem, 'webhookUrl')}
        hint={
          hasHook
            ? 'It gets a POST when the rule fires and when it resolves.'
            : 'Without it, the alert is shown in the console only.'
        }
        onChange={({ target }) => onChange({ webhookUrl: target.value })}
      />
      {hasHook && <HeaderFields {...{ draft, onChange, problem }} />}
    </>
  );
}

/** Headers of the requests to a webhook. */
function HeaderFields({ draft: { headers }, onChange, problem }: NotifyFieldsProps) {
  const set = (index: number, change: Partial<HeaderDraft>) =>
    onChange({ headers: headers.map((one, place) => (place === index ? { ...one, ...change } : one)) });
  const error = faultOf(problem, 'headers');
  return (
    <fieldset className="alert-headers">
      <legend className="field-label">Headers (optional)</legend>
      {headers.map(({ name, value }, index) => (
        <div key={index} className="alert-header">
          <TextField
            label={`Name of header ${index + 1}`}
            isLabelUnseen
            placeholder="Authorization"
            maxLength={64}
            value={name}
            onChange={({ target }) => set(index, { name: target.value })}
          />
          <TextField
            label={`Value of header ${index + 1}`}
            isLabelUnseen
            placeholder="Bearer …"
            autoComplete="off"
            maxLength={2000}
            value={value}
            onChange={({ target }) => set(index, { value: target.value })}
          />
          <Button
            kind="quiet"
            icon="trash"
            aria-label={`Remove header ${index + 1}`}
            onClick={() => onChange({ headers: headers.filter((_, place) => place !== index) })}
          />
        </div>
      ))}
      {error !== undefined && <p className="field-error">{error}</p>}
      {headers.length < MAX_HEADERS && (
        <div>
          <Button icon="plus" onClick={() => onChange({ headers: [...headers, { name: '', value: '' }] })}>
            Add a header
          </Button>
        </div>
      )}
      {headers.some(({ value }) => value === '…') && (
        <p className="field-hint">Values are stored encrypted and shown as “…”. One that says “…” stays as it is.</p>
      )}
    </fieldset>
  );
}
