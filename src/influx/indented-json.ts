/** Indents JSON that comes in pieces, with four spaces as InfluxDB does. Lines that follow a document begin another. */
export class IndentedJson {
  private depth = 0;
  private isInText = false;
  private isEscaped = false;
  /** Whether the last character has opened an object or a list, which stays on one line if it is empty. */
  private hasOpened = false;

  add(piece: string): string {
    let text = '';
    for (const character of piece) text += this.next(character);
    return text;
  }

  private next(character: string): string {
    if (this.isInText) return this.inText(character);
    const isClosing = character === '}' || character === ']';
    if (isClosing) this.depth -= 1;
    const before = this.hasOpened !== isClosing && (this.hasOpened || isClosing) ? this.lineBreak() : '';
    this.hasOpened = character === '{' || character === '[';
    if (this.hasOpened) this.depth += 1;
    if (character === '"') this.isInText = true;
    if (character === ',') return `,${this.lineBreak()}`;
    return before + (character === ':' ? ': ' : character);
  }

  private inText(character: string): string {
    if (this.isEscaped) this.isEscaped = false;
    else if (character === '\\') this.isEscaped = true;
    else if (character === '"') this.isInText = false;
    return character;
  }

  private lineBreak(): string {
    return `\n${'    '.repeat(this.depth)}`;
  }
}
