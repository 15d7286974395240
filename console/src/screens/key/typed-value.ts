const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** What a person typed: a number where it is one, `true` or `false`, else the text. */
export function valueOf(typed: string): number | boolean | string {
  const text = typed.trim();
  if (NUMBER.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return typed;
}
