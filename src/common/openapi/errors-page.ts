import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../installation';

const SOURCE = join(ROOT, 'docs', 'errors.md');
const STYLE = `body { font: 15px/1.5 sans-serif; color: #222; max-width: 75em; margin: 2em auto; padding: 0 1em }
code { font: 13px monospace; background: #f2f2f2; padding: 0 .2em } pre { background: #f2f2f2; padding: 1em }
table { border-collapse: collapse } td, th { border: 1px solid #ccc; padding: .4em; text-align: left; vertical-align: top }`;

/** Renders `docs/errors.md` as HTML. Supports the Markdown that this file uses. */
export function errorsPage(markdown = readFileSync(SOURCE, 'utf8')): string {
  const body = blocksOf(markdown).map(toHtml).join('\n');
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Dakkio API: errors</title><style>${STYLE}</style></head>
<body>
${body}
</body>
</html>
`;
}

/** Paragraphs, tables and lists are separated by empty lines; headings and code need none. */
function blocksOf(markdown: string): string[] {
  const pieces = markdown.split(/^(```[^]*?^```|#+ .*)$/m);
  return pieces
    .flatMap((piece) => (/^(```|#+ )/.test(piece) ? [piece] : piece.split(/\n\s*\n/)))
    .filter((text) => text.trim() !== '');
}

function toHtml(block: string): string {
  const text = block.trim();
  const [, level, heading] = /^(#+) (.*)$/.exec(text) ?? [];
  if (level && heading) return `<h${level.length} id="${anchorOf(heading)}">${inline(heading)}</h${level.length}>`;
  if (text.startsWith('```')) return `<pre>${escaped(text.replace(/^```.*\n|\n```$/g, ''))}</pre>`;
  if (text.startsWith('|')) return table(text.split('\n'));
  if (text.startsWith('- '))
    return `<ul>${text
      .slice(2)
      .split('\n- ')
      .map((item) => `<li>${inline(item)}</li>`)
      .join('')}</ul>`;
  return `<p>${inline(text)}</p>`;
}

function table([head = '', , ...rows]: readonly string[]): string {
  const row = (line: string, cell: string) =>
    `<tr>${line
      .slice(2, -2)
      .split(' | ')
      .map((text) => `<${cell}>${inline(text)}</${cell}>`)
      .join('')}</tr>`;
  return `<table>\n${[row(head, 'th'), ...rows.map((line) => row(line, 'td'))].join('\n')}\n</table>`;
}

/** Code, bold type, line breaks and web links. Links to other files would be broken here, so only their text is kept. */
function inline(text: string): string {
  const pieces = text.split(/(`[^`]+`|<br>)/);
  const shown = pieces.map((piece) => {
    if (piece === '<br>') return piece;
    return piece.startsWith('`') ? `<code>${escaped(piece.slice(1, -1))}</code>` : escaped(piece);
  });
  return shown
    .join('')
    .replace(/\*\*(.+?)\*\*/g, '<b>$1</b>')
    .replace(/\[([^\]]+)\]\((https:[^)]+)\)/g, '<a href="$2">$1</a>')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Heading ids as on GitHub: `401-unauthorized`. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
