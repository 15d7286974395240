import type { components } from '../../../../clients/typescript/src/api/schema';

type Rule = components['schemas']['AlertRuleView'];

export interface HeaderDraft {
  readonly name: string;
  readonly value: string;
}

/** A rule as it stands in the form, with numbers as they are typed. */
export interface RuleDraft {
  readonly name: string;
  readonly condition: string;
  readonly cooldown: string;
  /** Empty: as often as the cooldown. */
  readonly repeat: string;
  readonly webhookUrl: string;
  readonly headers: readonly HeaderDraft[];
}

export const NEW_DRAFT: RuleDraft = {
  name: '',
  condition: '',
  cooldown: '5',
  repeat: '',
  webhookUrl: '',
  headers: [],
};

/** The form of a rule that exists. */
export function draftOf(rule: Rule): RuleDraft {
  return {
    name: rule.name,
    condition: rule.condition,
    cooldown: String(rule.cooldownMinutes),
    repeat: rule.repeatMinutes === rule.cooldownMinutes ? '' : String(rule.repeatMinutes),
    webhookUrl: rule.webhookUrl ?? '',
    headers: Object.entries(rule.headers).map(([name, value]) => ({ name, value: String(value) })),
  };
}

export function isSame(one: RuleDraft, other: RuleDraft): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What the API takes of a form. Numbers that are none are sent as they are typed: the server says what is wrong. */
export function bodyOf(draft: RuleDraft) {
  const { name, condition, cooldown, repeat, webhookUrl, headers } = draft;
  const url = webhookUrl.trim();
  const named = headers.filter((one) => one.name.trim() !== '' || one.value !== '');
  return {
    name: name.trim(),
    condition: condition.normalize('NFC'),
    webhookUrl: url === '' ? null : url,
    ...(url !== '' && { headers: Object.fromEntries(named.map((one) => [one.name.trim(), one.value])) }),
    cooldownMinutes: numberOf(cooldown),
    repeatMinutes: repeat.trim() === '' ? null : numberOf(repeat),
  };
}

function numberOf(text: string): number {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? (text as unknown as number) : number;
}
