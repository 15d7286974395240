import { readRelation } from './comparisons';
import { Cursor } from './cursor';

const STATES: Readonly<Record<string, boolean>> = {
  ...{
    true: true,
    on: true,
    yes: true,
    active: true,
    enabled: true,
    running: true,
    open: true,
    opened: true,
    '1': true,
  },
  ...{
    false: false,
    off: false,
    no: false,
    inactive: false,
    disabled: false,
    stopped: false,
    closed: false,
    shut: false,
  },
  ...{ '0': false },
};
/** Words between the verb and the state: `is switched on`. */
const FILLERS = new Set(['switched', 'set', 'to']);
const JOINING = new Set(['and', 'or', '&&', '||', '&', '|', 'for']);
/** The longest text without quotes. A longer one is more likely a sentence that failed to parse. */
const MAX_WORDS = 5;

/** Keywords. Several words without quotes that contain one are a sentence that failed to parse. */
const LANGUAGE = new Set(
  (
    'not either neither nor is are than be if when unless without contains like starts ends has have ' +
    'above below over under greater less more equal equals between'
  ).split(' '),
);

/** Reads the value of a boolean: `on`, `off`, `true`, `no`, `1`. */
export function readBoolean(cursor: Cursor): boolean | undefined {
  return cursor.attempt(() => {
    cursor.acceptAny(FILLERS);
    cursor.acceptAny(FILLERS);
    const word = cursor.token?.word ?? '';
    if (!Object.hasOwn(STATES, word)) return undefined;
    cursor.index += 1;
    return STATES[word];
  });
}

/** Reads the value of a text: in quotes, or words up to `and`, `or`, `for`, a comma or the end. */
export function readText(cursor: Cursor): string | undefined {
  const { token, index } = cursor;
  if (token?.kind === 'quoted') {
    cursor.index += 1;
    return token.text;
  }
  let isSentence = false;
  while (isWordOfText(cursor)) {
    isSentence ||= LANGUAGE.has(cursor.token?.word ?? '');
    cursor.index += 1;
  }
  const count = cursor.index - index;
  if (count === 1 || (count > 1 && count <= MAX_WORDS && !isSentence)) return cursor.slice(index);
  cursor.index = index;
  return undefined;
}

/** Whether a text needs no quotes: it is one word without another meaning. */
export function isPlainText(text: string): boolean {
  const cursor = new Cursor(text);
  if (cursor.tokens.length !== 1 || cursor.token?.text !== text || !isWordOfText(cursor)) return false;
  return readRelation(cursor) === undefined;
}

export function booleanWords(): readonly string[] {
  return Object.keys(STATES);
}

function isWordOfText({ token }: Cursor): boolean {
  return token !== undefined && (token.kind === 'word' || token.kind === 'number') && !JOINING.has(token.word);
}
