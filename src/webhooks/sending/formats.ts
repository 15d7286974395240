export const FORMATS = ['standard', 'slack', 'discord', 'teams', 'ntfy', 'gotify', 'pagerduty'] as const;

/** The format of a delivery's body. */
export type Format = (typeof FORMATS)[number];
