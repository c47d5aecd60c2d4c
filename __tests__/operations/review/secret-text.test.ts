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
  ])("%s", (_, text, expected) => expect(redact(text)).toBe(expected));

  it.each([
    "https://example.com:443/a@b",
    "git clone git@github.com:acme/infra.git",
    "Basic authentication and a Bearer token are supported",
    "aws_secretsmanager_secret.db: Creation complete",
    "secret: arn:aws:secretsmanager:us-east-1:123456789012:secret:a",
    "password = null",
    "key: value",
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
