import helmet from 'helmet';

/**
 * Sets the headers that protect a page. The server speaks plain HTTP: browsers must not be told to load the parts of a page over
 * HTTPS, and under any name but localhost they ignore the other three headers with a warning.
 */
export const pageSecurity = helmet({
  contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
});
