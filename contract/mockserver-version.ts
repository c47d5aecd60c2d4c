/** The tested and recommended version. */
export const MOCKSERVER_VERSION = "9.1.0";

/**
 * Oldest allowed version. In older ones, a response template can run code on the server.
 * https://github.com/advisories/GHSA-7pwj-xvc2-hfpc
 */
const OLDEST_MOCKSERVER_VERSION = "7.4.1";

/** Why a version is not allowed, with the fix, or `undefined` if it is. */
export function mockServerVersionFault(version: string): string | undefined {
  if (!/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(version))
    return `MockServer version "${version}" is not exact; write X.Y.Z, for example ${MOCKSERVER_VERSION}`;
  const [given, oldest] = [version, OLDEST_MOCKSERVER_VERSION].map((text) => text.split(".").map(Number));
  for (const part of [0, 1, 2]) {
    const difference = given![part]! - oldest![part]!;
    if (difference > 0) return undefined;
    if (difference < 0)
      return `MockServer ${version} allows remote code execution (GHSA-7pwj-xvc2-hfpc); use ${OLDEST_MOCKSERVER_VERSION} or newer, ${MOCKSERVER_VERSION} is recommended`;
  }
  return undefined;
}
