/** Part of a list, and the rest of it by further requests. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly pagination: { readonly hasMore: boolean };
}

interface Identified {
  readonly _id: string;
}

const LARGEST_PAGE = 1000;

/** Every entry of a list, page by page. What is created or deleted meanwhile shifts nothing. */
export async function* allOf<T extends Identified, Q extends object>(
  query: Q,
  read: (query: Q & { limit: number; after?: string }) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  let after: string | undefined;
  for (;;) {
    const page = await read({ ...query, limit: LARGEST_PAGE, ...(after !== undefined && { after }) });
    yield* page.items;
    const last = page.items.at(-1);
    if (!page.pagination.hasMore || !last) return;
    after = last._id;
  }
}
