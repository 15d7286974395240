export default async function tearDown(): Promise<void> {
  for (const remove of globalThis.removals?.splice(0) ?? []) await remove();
}
