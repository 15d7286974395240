/**
 * Copies a text. `navigator.clipboard` exists on HTTPS and on this machine alone; elsewhere a selected field is copied, as Ctrl+C does.
 *
 * @returns whether it was copied
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    // Undefined on insecure origins, whatever its type says.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    if (clipboard) {
      await clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused by the browser: the other way may work.
  }
  return copySelected(text);
}

function copySelected(text: string): boolean {
  const before = document.activeElement;
  // Inside of an open dialog, since all else is inert.
  const place = before?.closest('dialog') ?? document.body;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  field.setAttribute('aria-hidden', 'true');
  place.append(field);
  field.select();
  // Deprecated, and the only way on plain HTTP.
  const isCopied = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return isCopied;
}

/** Lets the browser store a text as a file. */
export function downloadText(name: string, text: string, type = 'text/plain'): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun when the click returns, but Safari reads the URL a little later.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
