/** The name of the file that a new key is stored in: its own, as far as file systems take it. */
export function keyFileName({ name }: { readonly name: string }, end = '.txt'): string {
  const plain = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `${plain || 'key'}${end}`;
}
