import { useId, useMemo, useState } from 'react';
import { TextField } from '../../components/field';
import { aboutOptions, idOfAbout } from './about';
import type { Known } from './audit-queries';

/** Finds what the log says of one thing, by its name, or by its ID where it was deleted. */
export function AboutField({ known, onChoose }: { readonly known: Known; readonly onChoose: (id: string) => void }) {
  const list = useId();
  const [text, setText] = useState('');
  const [isUnknown, setUnknown] = useState(false);
  const options = useMemo(() => aboutOptions(known), [known]);
  const choose = (id: string) => {
    setText('');
    onChoose(id);
  };
  const type = (typed: string) => {
    setText(typed);
    setUnknown(false);
    // As when an option of the list is chosen.
    const option = options.find(({ label }) => label === typed);
    if (option) choose(option.id);
  };
  const submit = () => {
    const id = idOfAbout(text, options);
    if (id !== undefined) choose(id);
    else setUnknown(text.trim() !== '');
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField
        label="About"
        list={list}
        autoComplete="off"
        placeholder="Name or ID"
        value={text}
        onChange={({ target }) => type(target.value)}
        error={isUnknown ? 'Choose one of the list, or paste an ID' : undefined}
      />
      <datalist id={list}>
        {options.map(({ id, label }) => (
          <option key={id} value={label} />
        ))}
      </datalist>
    </form>
  );
}
