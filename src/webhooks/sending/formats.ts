export const FORMATS = ['standard', 'slack', 'discord', 'teams', 'ntfy', 'gotify', 'pagerduty'] as const;

/** Whose shape a delivery's body has. */
export type Format = (typeof FORMATS)[number];
