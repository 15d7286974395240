/**
 * Tests whether a text contains the searched one. Ignores case, also of letters outside ASCII, and gives no character a special
 * meaning. Both texts are in NFC. Without a searched text, every text matches.
 *
 * Not in SQL, because `lower` of SQLite knows only ASCII, and that of PostgreSQL depends on the collation of the database.
 */
export function containing(searched: string | undefined): (text: string) => boolean {
  if (searched === undefined) return () => true;
  const wanted = searched.toLowerCase();
  return (text) => text.toLowerCase().includes(wanted);
}
