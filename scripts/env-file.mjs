// Settings from the file `.env`, for `npm start` and the commands. Variables that are set already win.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const ASSIGNMENT = /^(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*(.*)$/;

/**
 * Loads a file into the environment. Without the file nothing happens.
 *
 * @returns what is wrong with the file in one sentence that shows none of its values, or nothing
 */
export function loadEnvFile(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    return cause.code === 'ENOENT' ? undefined : `${path} cannot be read: ${cause.code}`;
  }
  const line = faultyLine(text);
  if (line !== undefined) return `${path}: line ${line} must begin with NAME=value, or with # for a comment`;
  process.loadEnvFile(path);
  return undefined;
}

/**
 * The number of the first line that Node would ignore or misread without a word: no assignment, blanks or a byte order mark before
 * one, or a quote that is left open.
 */
function faultyLine(text) {
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (/^(#|\s*$)/.test(line) && !line.startsWith('\uFEFF')) continue;
    const [, value] = ASSIGNMENT.exec(line) ?? [];
    if (value === undefined) return index + 1;
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote === undefined || value.indexOf(quote, 1) > 0) continue;
    const end = lines.findIndex((each, at) => at > index && each.includes(quote));
    if (end === -1) return index + 1;
    index = end;
  }
  return undefined;
}
