import { useId, type ComponentProps, type ReactNode } from 'react';

interface Labelled {
  readonly label: string;
  /** What belongs into it, below it. */
  readonly hint?: ReactNode;
  /** What is wrong with it. */
  readonly error?: string | undefined;
  /** The label is for screen readers alone, where its place says enough. */
  readonly isLabelUnseen?: boolean;
}

interface FieldProps extends Labelled {
  readonly id: string;
  readonly children: ReactNode;
}

/** A label, a control, and what is wrong with it. The control has the id and `describedBy(id)`. */
function Field({ id, label, hint, error, isLabelUnseen = false, children }: FieldProps) {
  return (
    <div className="field" data-wrong={error !== undefined || undefined}>
      <label htmlFor={id} className={isLabelUnseen ? 'unseen' : 'field-label'}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

function describedBy(id: string, { hint, error }: Pick<Labelled, 'hint' | 'error'>) {
  const parts = [error !== undefined && `${id}-error`, hint !== undefined && `${id}-hint`].filter(Boolean);
  return { 'aria-describedby': parts.join(' ') || undefined, 'aria-invalid': error !== undefined || undefined };
}

type Control<Tag extends 'input' | 'select' | 'textarea'> = Labelled & Omit<ComponentProps<Tag>, 'id'>;

/** The class of a control, with those that its user adds. */
const controlClass = (added = '') => `field-control ${added}`.trim();

/** A line of text, a number, a date or a password. */
export function TextField({ label, hint, error, isLabelUnseen, className, ...input }: Control<'input'>) {
  const id = useId();
  return (
    <Field {...{ id, label, hint, error, isLabelUnseen }}>
      <input type="text" {...input} {...describedBy(id, { hint, error })} id={id} className={controlClass(className)} />
    </Field>
  );
}

/** Several lines of text. */
export function TextArea({ label, hint, error, isLabelUnseen, className, ...input }: Control<'textarea'>) {
  const id = useId();
  return (
    <Field {...{ id, label, hint, error, isLabelUnseen }}>
      <textarea rows={3} {...input} {...describedBy(id, { hint, error })} id={id} className={controlClass(className)} />
    </Field>
  );
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** One of several values. */
export function SelectField({
  label,
  hint,
  error,
  isLabelUnseen,
  options,
  className,
  ...select
}: Control<'select'> & { readonly options: readonly Option[] }) {
  const id = useId();
  return (
    <Field {...{ id, label, hint, error, isLabelUnseen }}>
      <select {...select} {...describedBy(id, { hint, error })} id={id} className={controlClass(className)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface CheckboxProps extends Omit<ComponentProps<'input'>, 'type' | 'id'> {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
}

export function Checkbox({ label, hint, ...input }: CheckboxProps) {
  const id = useId();
  return (
    <div className="checkbox">
      <input type="checkbox" {...input} id={id} {...describedBy(id, { hint, error: undefined })} />
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
