/** The tested and recommended version; in it every control route is known. */
export const MOCKSERVER_VERSION = "9.1.0";

/** Releases with known holes, oldest first: all before `fixedIn` are refused. */
const HOLES = [
  { fixedIn: "7.4.1", hole: "allows remote code execution (GHSA-7pwj-xvc2-hfpc)" },
  { fixedIn: "9.0.0", hole: "lets forwarding mocks reach private networks (GHSA-jg86-hv4g-8h78)" },
] as const;

/** Oldest allowed version. */
const OLDEST_MOCKSERVER_VERSION = HOLES.at(-1)!.fixedIn;

/** Why a version is not allowed, with the fix, or `undefined` if it is. */
export function mockServerVersionFault(version: string): string | undefined {
  if (!/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(version))
    return `MockServer version "${version}" is not exact; write X.Y.Z, for example ${MOCKSERVER_VERSION}`;
  const found = HOLES.find(({ fixedIn }) => compare(version, fixedIn) < 0);
  return (
    found &&
    `MockServer ${version} ${found.hole}; use ${OLDEST_MOCKSERVER_VERSION} or newer, ${MOCKSERVER_VERSION} is recommended`
  );
}

/** Whether a version is newer than the one whose control routes were compared with the listener rules. */
export function isUncheckedMockServer(version: string): boolean {
  return compare(version, MOCKSERVER_VERSION) > 0;
}

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => text.split(".").map(Number)) as [number[], number[]];
  const at = [0, 1, 2].find((part) => a[part] !== b[part]);
  return at === undefined ? 0 : a[at]! - b[at]!;
}
