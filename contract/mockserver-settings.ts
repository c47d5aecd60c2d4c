export interface MockServerSettings {
  readonly port: number;
  /** JSON array of expectations, read at the start and when it changes. */
  readonly file: string;
  /** `-Xmx`. */
  readonly heapMiB: number;
  /** MockServer drops the oldest expectation when it has one more. */
  readonly maxExpectations: number;
  /** Folder for temporary files. */
  readonly scratchFolder: string;
}

/**
 * Environment variables of every MockServer, on a task and on a developer's machine.
 * Names: https://www.mock-server.com/mock_server/configuration_properties.html
 */
export function mockServerSettings(settings: MockServerSettings): Record<string, string> {
  return {
    // The image gives the heap a share of the container; only -Xmx overrides that. A JVM out of memory must end, so
    // that the task is replaced. No collector is chosen: the image may choose one, and two conflict.
    JAVA_TOOL_OPTIONS: `-Xmx${settings.heapMiB}m -XX:+ExitOnOutOfMemoryError -Djava.io.tmpdir=${settings.scratchFolder}`,
    MOCKSERVER_SERVER_PORT: String(settings.port),
    MOCKSERVER_INITIALIZATION_JSON_PATH: settings.file,
    MOCKSERVER_WATCH_INITIALIZATION_JSON: "true",
    MOCKSERVER_FAIL_ON_INITIALIZATION_ERROR: "true",
    // Else an unmatched request is sent to its Host header, which is the load balancer: a loop.
    MOCKSERVER_ATTEMPT_TO_PROXY_IF_NO_MATCHING_EXPECTATION: "false",
    // Forwarding mocks must not reach private networks or the task's credentials.
    MOCKSERVER_FORWARD_PROXY_BLOCK_PRIVATE_NETWORKS: "true",
    // Else a forward trusts every certificate.
    MOCKSERVER_FORWARD_PROXY_TLS_X509_CERTIFICATES_TRUST_MANAGER_TYPE: "JVM",
    MOCKSERVER_MAX_EXPECTATIONS: String(settings.maxExpectations),
  };
}
