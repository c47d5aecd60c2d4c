import { MOCKSERVER_REPOSITORY, pinned } from "../../contract/images";
import { MOCKSERVER_VERSION, mockServerVersionFault } from "../../contract/mockserver-version";

/**
 * Image reference of a version.
 *
 * @param version exact, `X.Y.Z`
 * @param digest `sha256:` and 64 hex digits @default that of the file of digests
 * @throws Error when the version or the digest is malformed, or the version too old
 */
export function mockServerImage(version: string = MOCKSERVER_VERSION, digest?: string): string {
  const fault = mockServerVersionFault(version);
  if (fault !== undefined) throw new Error(`${fault}.`);
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new Error(`Image digest "${digest}" is malformed; write sha256: and 64 lower-case hex digits.`);
  return pinned(`${MOCKSERVER_REPOSITORY}:${version}`, digest);
}

/**
 * Path for the load balancer's health check: 503 until all expectations are loaded, then 200. Every allowed
 * version has it (since 7.2.0). `/mockserver/status` is no substitute: it answers PUT only.
 */
export const READINESS_PATH = "/mockserver/ready";

/**
 * Answers 200 as soon as the port is open, also after a reset. It lies under `/mockserver`, so that it hides
 * no mock and the control-plane rules cover it.
 */
export const LIVENESS_PATH = "/mockserver/liveness";
