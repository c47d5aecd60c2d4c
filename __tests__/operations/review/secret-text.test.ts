import { explainAwsError } from "../../../operations/aws/errors";
import { secretsOf } from "../../../operations/review/masking";
import { buildReport } from "../../../operations/review/report";
import { renderMarkdown } from "../../../operations/review/markdown";
import { Redactor } from "../../../operations/review/redactor";
import { createOf, planOf, resource, stackOf } from "../../support/change";

const redact = (text: string) => new Redactor(secretsOf([], [text])).text(text);
/** Put together here, so that no scanner takes the test for a leak. */
const token = (...parts: string[]) => parts.join("");
const PEM = token(
  "-----BEGIN RSA ",
  "PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0\nshort\n-----END RSA ",
  "PRIVATE KEY-----",
);

describe("a secret inside a text", () => {
  it.each([
    ["a private key", `before ${PEM} after`, "before (sensitive) after"],
    ["a private key in one line", PEM.replaceAll("\n", "\\n"), "(sensitive)"],
    ["a private key that is cut", PEM.slice(0, 50), "(sensitive)"],
    ["after a name and a colon", "password: x", "password: (sensitive)"],
    ["after a name and an equals sign", "export DB_PASS=x && run", "export DB_PASS=(sensitive) && run"],
    ["in quotes", `apiToken = "two words"`, `apiToken = "(sensitive)"`],
    [
      "in JSON inside a text",
      `curl -d '{"client_secret": "x y"}'`,
      `curl -d '{"client_secret": "(sensitive)"}'`,
    ],
    ["as an option", "mysql --password hunter2 db", "mysql --password (sensitive) db"],
    ["as an option with a sign", "psql --password=hunter2 db", "psql --password=(sensitive) db"],
    ["in a query", "https://a.example/?token=abc&x=1", "https://a.example/?token=(sensitive)&x=1"],
    ["of a user", "postgres://app:hunter2@db/app", "postgres://app:(sensitive)@db/app"],
    [
      "instead of a user",
      "git clone https://abc123@git.example/a",
      "git clone https://(sensitive)@git.example/a",
    ],
    ["Bearer", "curl -H 'Bearer abc.def-123'", "curl -H 'Bearer (sensitive)'"],
    ["Basic", "Authorization: Basic dXNlcjpwYXNz=", "Authorization: (sensitive) (sensitive)"],
    ["a key id of AWS", `key ${token("AKIA", "QRSTUVWXYZ234567")}.`, "key (sensitive)."],
    ["a token of GitHub", `x ${token("ghp_", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx")} y`, "x (sensitive) y"],
    [
      "a token of Slack",
      `x ${token("xoxb-", "123456789012-123456789012-abcdefghijklmnopqrstuvwx")} y`,
      "x (sensitive) y",
    ],
    ["a key of Stripe", `x ${token("sk_", "live_4eC39HqLyjWDarjtT1zdp7dc")} y`, "x (sensitive) y"],
    ["a JWT", `x ${token("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def")} y`, "x (sensitive) y"],
    ["a newer token of GitHub", token("github_", "pat_11ABCDEFG0abcdefghijkl"), "(sensitive)"],
    ["a token of Vault", token("hv", "s.CAESIA0123456789abcdef"), "(sensitive)"],
    ["a token of a bot", token("123456789:", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"), "(sensitive)"],
    ["a hash of a password", "bob:$6$hunter2x$abcdefghij", "bob:(sensitive)"],
    [
      "after a name with dots",
      "spring.datasource.password=hunter2",
      "spring.datasource.password=(sensitive)",
    ],
    ["in Ruby", ":password => 'hunter2'", ":password => '(sensitive)'"],
    ["in PowerShell", '$env:DB_PASSWORD = "hunter2"', '$env:DB_PASSWORD = "(sensitive)"'],
    ["in XML", "<db><password>hunter2</password></db>", "<db><password>(sensitive)</password></db>"],
    [
      "in XML beside its name",
      '<add key="Password" value="a b"/>',
      '<add key="Password" value="(sensitive)"/>',
    ],
    ["of curl", "curl -u bob:hunter2 https://a.example", "curl -u bob:(sensitive) https://a.example"],
    ["of mysql", "mysql -u root -phunter2 db", "mysql -u root -p(sensitive) db"],
    ["of sshpass", "sshpass -p hunter2 ssh a", "sshpass -p (sensitive) ssh a"],
    ["of a netrc file", "machine a login bob password hunter2", "machine a login bob password (sensitive)"],
    ["in SQL", "CREATE USER a IDENTIFIED BY 'hunter2'", "CREATE USER a IDENTIFIED BY '(sensitive)'"],
    ["in a cookie", "Cookie: session=abc", "Cookie: (sensitive)"],
    [
      "in base64, as user data is",
      `run ${Buffer.from("export DB_PASS=hunter2").toString("base64")}`,
      "run (sensitive)",
    ],
    ["a user and a password in base64", `{"auth":"${btoa("bobby:hunter2x")}"}`, '{"auth":"(sensitive)"}'],
  ])("%s", (_, text, expected) => expect(redact(text)).toBe(expected));

  it.each([
    "https://example.com:443/a@b",
    "git clone git@github.com:acme/infra.git",
    "Basic authentication and a Bearer token are supported",
    "aws_secretsmanager_secret.db: Creation complete",
    "secret: arn:aws:secretsmanager:us-east-1:123456789012:secret:a",
    "password = null",
    "key: value",
    "docker run --user 1000:1000 app",
    "secrets.example.com:443",
    Buffer.from("#!/bin/sh\necho started").toString("base64"),
    "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "the token expires: never",
  ])("%s holds none", (text) => expect(redact(text)).toBe(text));

  it("that is found once is hidden in every other place", () => {
    const plan = planOf([
      resource("aws_x.a", createOf({ user_data: "export DB_PASS=tr0ub4dor" })),
      resource("aws_x.b", createOf({ note: "ask for tr0ub4dor" })),
    ]);
    expect(renderMarkdown(buildReport([stackOf(plan)], { app: "a" }))).not.toContain("tr0ub4dor");
  });
});

it("a common word that is a secret is hidden where it is marked, and stays in other names", () => {
  const after = {
    engine: "postgres",
    username: "postgres",
    identifier: "prod-postgres",
    availability_zone: "us-east-1a",
    password: "x",
  };
  const plan = planOf(
    [resource("aws_db_instance.d", createOf(after, { after_sensitive: { username: true, password: true } }))],
    {
      variables: { region: { value: "us-east-1" }, env_token: { value: "production" } },
      configuration: { root_module: { variables: { region: { sensitive: true } } } },
    },
  );
  const lines = buildReport([stackOf(plan)], { app: "a" }).stacks[0]!.resources[0]!.attributes.flatMap(
    (each) => each.lines.map(({ text }) => text),
  );
  expect(lines).toEqual([
    'availability_zone = "us-east-1a"',
    'engine = "postgres"',
    'identifier = "prod-postgres"',
    "password = (sensitive)",
    "username = (sensitive)",
  ]);
});

it("overlapping secrets leave no rest", () => {
  expect(new Redactor(new Set(["abcdefg1", "defg1-hij"])).text("x abcdefg1-hij y")).toBe("x (sensitive) y");
});

it("the message about missing credentials stays readable in a report", () => {
  const error = Object.assign(new Error("Could not load credentials from any providers"), {
    name: "CredentialsProviderError",
  });
  const text = explainAwsError(error)!;
  expect(new Redactor(new Set()).text(text)).toBe(text);
});
