import fc from "fast-check";
import { parsed, secretsOf } from "../../../operations/review/masking";
import { Redactor } from "../../../operations/review/redactor";
import { createOf, planOf, resource, updateOf } from "../../support/change";

const redact = (secret: string, text: string) => new Redactor(new Set([secret])).text(text);

describe("forms of a secret in other texts", () => {
  const secret = "p<a>s&s\"w/o\\r d+'é?";
  const json = JSON.stringify(secret).slice(1, -1);
  it.each([
    ["as it is", secret],
    ["in JSON", json],
    ["in JSON in JSON", JSON.stringify(json).slice(1, -1)],
    ["in JSON by Go", json.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026")],
    ["in an address", encodeURIComponent(secret)],
    ["in an address, lower case", encodeURIComponent(secret).replaceAll(/%../g, (hex) => hex.toLowerCase())],
    ["in a form", encodeURIComponent(secret).replaceAll("%20", "+").replaceAll("'", "%27")],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in base64 for addresses", Buffer.from(secret).toString("base64url")],
    ["in hexadecimal", Buffer.from(secret).toString("hex")],
    [
      "in XML",
      secret
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll('"', "&quot;"),
    ],
  ])("%s", (_, form) => {
    expect(redact(secret, `before ${form} after`)).toBe("before (sensitive) after");
  });

  it.each([0, 1, 2])("in the midst of base64, %d bytes from the start of three", (shift) => {
    const text = Buffer.from(`${"user:".slice(0, 3 + shift)}${secret}:more`).toString("base64");
    const found = redact(secret, text);
    expect(found).toContain("(sensitive)");
    expect(Buffer.from(found.replaceAll("(sensitive)", ""), "base64").toString("latin1")).not.toContain(
      "s&s",
    );
  });

  it("any secret of six letters or more, in any place, in any of the common forms", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 20 });
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 6, maxLength: 40 }),
        text,
        text,
        (secret, left, right) => {
          fc.pre(secret.trim().length >= 6 && !"(sensitive)".includes(secret));
          for (const form of [
            secret,
            JSON.stringify(secret).slice(1, -1),
            encodeURIComponent(secret),
            Buffer.from(secret).toString("base64"),
          ]) {
            const found = redact(secret, `${left} ${form} ${right}`);
            expect(found.replaceAll("(sensitive)", "").includes(form)).toBe(false);
          }
        },
      ),
    );
  });

  it("the longest secret is hidden first, so that no part of it remains", () => {
    expect(new Redactor(new Set(["secret", "secretive-value"])).text("secretive-value")).toBe("(sensitive)");
  });

  it("without secrets a text stays, but for passwords in addresses and connection strings", () => {
    const redactor = new Redactor(new Set());
    expect(redactor.text("https://example.com:443/a@b")).toBe("https://example.com:443/a@b");
    expect(redactor.text("postgres://app:hunter2@db:5432/app")).toBe(
      "postgres://app:(sensitive)@db:5432/app",
    );
    expect(redactor.text("host=db password=hunter2 sslmode=require")).toBe(
      "host=db password=(sensitive) sslmode=require",
    );
    expect(redactor.text(`DB_PASSWORD=hunter2 apiToken="two words" SECRET_KEY='a "b"'`)).toBe(
      `DB_PASSWORD=(sensitive) apiToken="(sensitive)" SECRET_KEY='(sensitive)'`,
    );
  });

  it("as many and as long as they come: one pattern of all would be refused, with the secret in the error", () => {
    const long = 'Ab9+/"&'.repeat(15_000);
    const lines = Array.from({ length: 3000 }, (_, i) => `line ${i} of <a> "key"`);
    const redactor = new Redactor(new Set([long, lines.join("\n"), ...lines]));
    expect(redactor.text(`x${JSON.stringify(long)}y`)).toBe('x"(sensitive)"y');
    expect(redactor.text(`${lines[2999]} ${lines[0]}, line 1`)).toBe("(sensitive) (sensitive), line 1");
  });
});

describe("secrets of a plan", () => {
  const marked = (value: unknown, mask: unknown) =>
    secretsOf([planOf([resource("aws_x.x", createOf({ value }, { after_sensitive: { value: mask } }))])]);

  it("a mark on a container masks all below it", () => {
    expect([...marked({ a: ["long secret"], b: { c: "another one" } }, true)].sort()).toEqual([
      "another one",
      "long secret",
    ]);
  });
  it("marks on members mask only those", () => {
    expect([...marked({ a: "long secret", b: "no secret" }, { a: true })]).toEqual(["long secret"]);
  });
  it("a secret that is JSON: the strings in it as well, but not the user's name", () => {
    expect(marked('{"username":"postgres","password":"hunter22"}', true)).toEqual(
      new Set(['{"username":"postgres","password":"hunter22"}', "hunter22"]),
    );
  });
  it("long lines of a key are secrets of their own", () => {
    const key = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA1234\nshort\n-----END KEY-----\n";
    expect(marked(key, true)).toEqual(new Set([key, key.trim(), "MIIEpAIBAAKCAQEA1234"]));
  });
  it("short ones are not looked for elsewhere", () => expect(marked("abcde", true)).toEqual(new Set()));
  it("a number of six digits is", () => expect(marked(123456, true)).toEqual(new Set(["123456"])));

  it("before, after, drift, outputs, variables and states are searched", () => {
    const sensitive = { before_sensitive: { v: true }, after_sensitive: { v: true } };
    const plan = planOf(
      [resource("aws_x.x", updateOf({ v: "secret before" }, { v: "secret after" }, sensitive))],
      {
        resource_drift: [
          resource("aws_x.x", updateOf({ v: "drift before" }, { v: "drift after" }, sensitive)),
        ],
        output_changes: {
          o: { actions: ["create"], before: null, after: "secret output", after_sensitive: true },
        },
        variables: { s: { value: "secret variable" }, p: { value: "plain variable" } },
        configuration: { root_module: { variables: { s: { sensitive: true }, p: {} } } },
        prior_state: {
          values: {
            root_module: {
              resources: [
                {
                  address: "data.x.x",
                  type: "x",
                  values: { v: "state secret" },
                  sensitive_values: { v: true },
                },
              ],
              child_modules: [
                {
                  resources: [
                    {
                      address: "m.x",
                      type: "x",
                      values: { v: "child secret" },
                      sensitive_values: { v: true },
                    },
                  ],
                },
              ],
            },
          },
        },
      },
    );
    expect([...secretsOf([plan])].sort()).toEqual([
      "child secret",
      "drift after",
      "drift before",
      "secret after",
      "secret before",
      "secret output",
      "secret variable",
      "state secret",
    ]);
  });

  it("by name, where nothing is marked: in JSON and in environment variables too", () => {
    const plan = planOf([
      resource(
        "aws_x.x",
        createOf({
          master_password: "by its name",
          secret_arn: "arn:aws:secretsmanager:x",
          container_definitions: JSON.stringify([
            {
              environment: [
                { name: "API_TOKEN", value: "in the environment" },
                { name: "MODE", value: "production" },
              ],
            },
          ]),
        }),
      ),
    ]);
    expect([...secretsOf([plan])].sort()).toEqual(["by its name", "in the environment"]);
  });
});

it.each([
  [100, true],
  [101, false],
  [50_000, false],
])("JSON nested %d deep is opened: %s", (depth, isOpened) => {
  expect(parsed("[".repeat(depth) + "]".repeat(depth)) !== undefined).toBe(isOpened);
});
