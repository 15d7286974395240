import helmet, { type HelmetOptions } from 'helmet';

type ContentSecurityPolicy = Exclude<HelmetOptions['contentSecurityPolicy'], boolean | undefined>;

/**
 * Middleware that sets the security headers of a page. The server speaks plain HTTP, so browsers must not upgrade the page's resources
 * to HTTPS. Except on localhost, browsers ignore the other three headers with a warning.
 */
export function pageSecurityWith(contentSecurityPolicy: ContentSecurityPolicy) {
  return helmet({
    contentSecurityPolicy,
    strictTransportSecurity: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
}

/** The same for the documentation, with the policy that Swagger UI runs under. */
export const pageSecurity = pageSecurityWith({ directives: { 'upgrade-insecure-requests': null } });
