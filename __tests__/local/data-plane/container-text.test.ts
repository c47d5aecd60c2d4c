import {
  commandOnThisMachine,
  onThisMachine,
  variablesOnThisMachine,
  type Places,
} from "../../../local/data-plane/container-text";

const places: Places = {
  folders: new Map([
    ["/tmp", "/tmp/task/scratch"],
    ["/expectations", "/tmp/task/expectations"],
  ]),
  ports: new Map([[1080, 40_001]]),
};

it.each([
  ["/expectations/expectations.json", "/tmp/task/expectations/expectations.json"],
  ["/expectations", "/tmp/task/expectations"],
  ["-Xmx96m -Djava.io.tmpdir=/tmp", "-Xmx96m -Djava.io.tmpdir=/tmp/task/scratch"],
  ["/tmp:/expectations", "/tmp/task/scratch:/tmp/task/expectations"],
  ['cat "/tmp/a" >/tmp/b', 'cat "/tmp/task/scratch/a" >/tmp/task/scratch/b'],
  ["curl http://127.0.0.1:1080/ready", "curl http://127.0.0.1:40001/ready"],
  ["http://localhost:1080", "http://localhost:40001"],
  // Nothing else: names that only begin alike, paths of other hosts, other ports.
  ["/tmpfs /expectations2 /var/tmp", "/tmpfs /expectations2 /var/tmp"],
  ["http://example.com:1080/tmp", "http://example.com:1080/tmp"],
  ["http://localhost:10800", "http://localhost:10800"],
  ["s3://tmp/expectations", "s3://tmp/expectations"],
])("%s", (text, expected) => {
  expect(onThisMachine(text, places)).toBe(expected);
});

it("changes a container's entry point and command", () => {
  const container = { image: "m:1", entryPoint: ["/bin/sh", "-c"], command: ["cat /tmp/a"] };
  expect(commandOnThisMachine(container, places)).toEqual({ ...container, command: ["cat /tmp/task/scratch/a"] }); // prettier-ignore
});

it("listens on loopback alone where a task listens on every address", () => {
  const variables = { MOCKSERVER_LOCAL_BOUND_IP: "0.0.0.0", TEXT: "0.0.0.0" };
  expect(variablesOnThisMachine(variables, places)).toEqual({
    MOCKSERVER_LOCAL_BOUND_IP: "127.0.0.1",
    TEXT: "0.0.0.0",
  });
});

it("leaves a text as it is when there are no volumes and no ports", () => {
  expect(onThisMachine("/tmp localhost:1080", { folders: new Map(), ports: new Map() })).toBe(
    "/tmp localhost:1080",
  );
});

it("takes a variable named …PORT for a container port, and no other number", () => {
  const variables = { MOCKSERVER_SERVER_PORT: "1080", DB_PORT: "5432", MAX: "1080", DIR: "/expectations" };
  expect(variablesOnThisMachine(variables, places)).toEqual({
    MOCKSERVER_SERVER_PORT: "40001",
    DB_PORT: "5432",
    MAX: "1080",
    DIR: "/tmp/task/expectations",
  });
});
