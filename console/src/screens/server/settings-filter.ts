interface NamedSetting {
  readonly name: string;
  readonly value: string | null;
  readonly source: string;
  readonly about: string;
}

export interface SettingsFilter {
  /** A part of the name, the value or the description. */
  readonly q: string;
  /** Only those that are not at their default. */
  readonly isSetOnly: boolean;
}

/** The settings that a person looks for, in the order of the documentation. */
export function filterSettings<S extends NamedSetting>(
  settings: readonly S[],
  { q, isSetOnly }: SettingsFilter,
): readonly S[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return settings.filter(({ name, value, source, about }) => {
    if (isSetOnly && source === 'default') return false;
    const text = `${name} ${value ?? ''} ${about}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
