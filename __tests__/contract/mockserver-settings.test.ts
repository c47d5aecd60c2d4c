import { mockServerSettings } from "../../contract/mockserver-settings";

it("mockServerSettings: loads the file and watches it, forwards to public hosts only, and is not a proxy", () => {
  expect(
    mockServerSettings({
      port: 1080,
      file: "/expectations/expectations.json",
      heapMiB: 96,
      maxExpectations: 961,
      scratchFolder: "/tmp",
    }),
  ).toEqual({
    JAVA_TOOL_OPTIONS: "-Xmx96m -XX:+ExitOnOutOfMemoryError -Djava.io.tmpdir=/tmp",
    MOCKSERVER_SERVER_PORT: "1080",
    MOCKSERVER_INITIALIZATION_JSON_PATH: "/expectations/expectations.json",
    MOCKSERVER_WATCH_INITIALIZATION_JSON: "true",
    MOCKSERVER_FAIL_ON_INITIALIZATION_ERROR: "true",
    MOCKSERVER_ATTEMPT_TO_PROXY_IF_NO_MATCHING_EXPECTATION: "false",
    MOCKSERVER_FORWARD_PROXY_BLOCK_PRIVATE_NETWORKS: "true",
    MOCKSERVER_FORWARD_PROXY_TLS_X509_CERTIFICATES_TRUST_MANAGER_TYPE: "JVM",
    MOCKSERVER_MAX_EXPECTATIONS: "961",
  });
});
