import { LIVENESS_PATH, mockServerImage, READINESS_PATH } from "../../../modules/mockserver/image";
import {
  MOCKSERVER_VERSION,
  isUncheckedMockServer,
  mockServerVersionFault,
} from "../../../contract/mockserver-version";

const DIGEST = `sha256:${"0".repeat(64)}`;

describe("the image", () => {
  it("is the recommended version from the ECR public gallery", () => {
    expect(mockServerImage()).toBe("public.ecr.aws/mockserver/mockserver:9.1.0");
    expect(MOCKSERVER_VERSION).toBe("9.1.0");
  });

  it("includes the digest if there is one", () =>
    expect(mockServerImage("9.0.0", DIGEST)).toBe(`public.ecr.aws/mockserver/mockserver:9.0.0@${DIGEST}`));

  it.each(["sha256:0", `sha256:${"A".repeat(64)}`, "latest"])("rejects the digest %s", (digest) =>
    expect(() => mockServerImage("9.0.0", digest)).toThrow(
      `Image digest "${digest}" is malformed; write sha256: and 64 lower-case hex digits.`,
    ),
  );
});

describe("the version", () => {
  it.each(["9.0.0", "9.1.0", "9.1.1", "9.10.0", "10.0.0"])("%s is supported", (version) =>
    expect(mockServerVersionFault(version)).toBeUndefined(),
  );

  it.each(["7.4.0", "7.3.9", "6.9.9", "5.15.0"])("%s is too old", (version) => {
    const fault = `MockServer ${version} allows remote code execution (GHSA-7pwj-xvc2-hfpc); use 9.0.0 or newer, 9.1.0 is recommended`;
    expect(mockServerVersionFault(version)).toBe(fault);
    expect(() => mockServerImage(version)).toThrow(`${fault}.`);
  });

  it.each(["7.4.1", "8.0.0", "8.99.0"])("%s has a known vulnerability", (version) =>
    expect(mockServerVersionFault(version)).toBe(
      `MockServer ${version} lets forwarding mocks reach private networks (GHSA-jg86-hv4g-8h78); use 9.0.0 or newer, 9.1.0 is recommended`,
    ),
  );

  it.each([
    ["9.0.0", false],
    ["9.1.0", false],
    ["9.1.1", true],
    ["10.0.0", true],
  ])("%s may have unknown control routes: %s", (version, unknown) =>
    expect(isUncheckedMockServer(version)).toBe(unknown),
  );

  it.each(["latest", "9", "9.0", "9.0.0-graaljs", "v9.0.0", "09.0.0", ""])("%j is not exact", (version) =>
    expect(mockServerVersionFault(version)).toBe(
      `MockServer version "${version}" is not exact; write X.Y.Z, for example 9.1.0`,
    ),
  );
});

describe("health", () => {
  it("readiness uses a GET route that every supported version has and that waits for the mocks", () =>
    expect(READINESS_PATH).toBe("/mockserver/ready"));

  it("liveness uses a path that hides no mock and that the control-plane rules cover", () =>
    expect(LIVENESS_PATH).toBe("/mockserver/liveness"));
});
