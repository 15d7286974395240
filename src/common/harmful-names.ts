const HARMFUL_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether copying an object with a property of this name can pollute prototypes. */
export function isHarmfulName(name: string): boolean {
  return HARMFUL_NAMES.has(name);
}

/** Returns the path to the first harmful name in a JSON value. The name is the last item. */
export function findHarmfulName(value: unknown): readonly (string | number)[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const within = findHarmfulName(value[index]);
      if (within) return [index, ...within];
    }
    return undefined;
  }
  for (const name in value) {
    if (isHarmfulName(name)) return [name];
    const within = findHarmfulName(value[name as never]);
    if (within) return [name, ...within];
  }
  return undefined;
}
