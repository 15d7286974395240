import { useId, useRef } from 'react';
import { printName } from '../../../../src/alerting/conditions/print';
import type { ProblemDetail } from '../../api/problem';
import { Button } from '../../components/button';
import { expectedWords, markedText, replaced } from './marked-text';

const MAX_WORDS = 6;
const MAX_FIELDS = 12;

interface ConditionFieldProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  /** What is wrong with this text, and where. */
  readonly problem: ProblemDetail | undefined;
  /** The sentence of a problem without a place. */
  readonly message: string | undefined;
  /** What the server understood. */
  readonly understood: string | undefined;
  readonly fields: readonly { readonly name: string; readonly unit?: string | undefined }[];
}

/** The text of a condition. What the server does not understand is underlined at its place, with what could stand there. */
export function ConditionField({ text, onText, problem, message, understood, fields }: ConditionFieldProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const caret = useRef(text.length);
  const marked = markedText(text, problem?.at);
  const at = problem?.at;
  const words = problem && at ? expectedWords(problem, MAX_WORDS) : [];
  const put = (next: string) => {
    onText(next);
    area.current?.focus();
  };
  const insert = (name: string) => {
    const place = Math.min(caret.current, text.length);
    put(replaced(text, { start: place, end: place }, name) + ' ');
    caret.current = text.length + name.length + 1;
  };
  return (
    <div className="field" data-wrong={message !== undefined || undefined}>
      <label htmlFor={id} className="field-label">
        Condition
      </label>
      <div className="condition">
        <div className="condition-marks" aria-hidden="true">
          {marked && (
            <>
              {marked.before}
              <mark>{marked.wrong}</mark>
              {marked.after}
            </>
          )}
        </div>
        <textarea
          ref={area}
          id={id}
          className="field-control condition-text"
          rows={2}
          maxLength={500}
          required
          spellCheck={false}
          autoCapitalize="off"
          placeholder="temperature is greater than 30 for 5 minutes"
          value={text}
          aria-invalid={message !== undefined || undefined}
          aria-describedby={`${id}-said`}
          onChange={({ target }) => {
            caret.current = target.selectionStart;
            onText(target.value.replaceAll('\n', ' '));
          }}
          onSelect={({ currentTarget }) => (caret.current = currentTarget.selectionStart)}
        />
      </div>
      <div id={`${id}-said`} role="status">
        {message !== undefined && <p className="field-error">{message}</p>}
        {message === undefined && understood !== undefined && <p className="condition-understood">{understood}</p>}
      </div>
      {at && words.length > 0 && (
        <div className="condition-words" role="group" aria-label="What could stand there">
          {words.map((word) => (
            <Button key={word} onClick={() => put(replaced(text, at, word))}>
              {word}
            </Button>
          ))}
        </div>
      )}
      {words.length === 0 && fields.length > 0 && (
        <div className="condition-words" role="group" aria-label="Fields of the data source">
          <span className="muted">Fields</span>
          {fields.slice(0, MAX_FIELDS).map(({ name, unit }) => (
            <Button key={name} kind="quiet" onClick={() => insert(printName(name))}>
              {unit ? `${name} (${unit})` : name}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
