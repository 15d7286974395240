import helmet from 'helmet';

/**
 * Sets the security headers of a page. The server speaks plain HTTP, so browsers must not upgrade the page's resources to
 * HTTPS. Except on localhost, browsers ignore the other three headers with a warning.
 */
export const pageSecurity = helmet({
  contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
});
