import { attributeChanges, valueChange } from "../../../operations/review/attribute-changes";
import { Redactor } from "../../../operations/review/redactor";
import type { ResourceChange } from "../../../operations/terraform/plan-json";
import { createOf, deleteOf, updateOf } from "../../support/change";

const lines = (
  change: ResourceChange["change"],
  forcing: string[] = [],
  secrets: string[] = [],
  type = "aws_x",
) => {
  const found = attributeChanges(change, new Redactor(new Set(secrets)), new Set(forcing), type);
  const own = found.attributes.flatMap(({ lines: of }) => of.map(({ sign, text }) => `${sign} ${text}`));
  return found.knownAfterApply.length === 0
    ? own
    : [...own, `known after apply: ${found.knownAfterApply.join()}`];
};

describe("a change in place", () => {
  it.each([
    ["a value", { a: 1 }, { a: 2 }, ["! a: 1 → 2"]],
    ["a new value", { a: null }, { a: "x" }, ['+ a = "x"']],
    ["a value that goes", { a: "x" }, { a: null }, ['- a = "x"']],
    ["a flag that was not set", { a: null }, { a: false }, ["+ a = false"]],
    ["nothing in another way", { a: null, b: [], c: "" }, { a: "", b: null, c: [] }, []],
    ["what stays", { a: 1, b: { c: [1] } }, { a: 1, b: { c: [1] } }, []],
    ["a short list", { a: ["x"] }, { a: ["x", "y"] }, ['! a: ["x"] → ["x", "y"]']],
    ["a small object", { a: { k: "x" } }, { a: { k: "y" } }, ['! a: { k: "x" } → { k: "y" }']],
  ])("%s", (_, before, after, expected) => expect(lines(updateOf(before, after))).toEqual(expected));

  it("JSON in a string is opened, and only the lines that change are shown, with two around them", () => {
    const policy = (action: string) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "A",
            Effect: "Allow",
            Action: [action],
            Resource: "*",
            Condition: { Bool: { "aws:x": "1" } },
          },
        ],
      });
    expect(lines(updateOf({ policy: policy("s3:GetObject") }, { policy: policy("s3:*") }))).toEqual([
      "! policy:",
      "    {",
      "      Statement: [",
      "        {",
      '-         Action: ["s3:GetObject"]',
      '+         Action: ["s3:*"]',
      "          Condition: {",
      '            Bool: { aws:x: "1" }',
      "    ⋯ 8 lines",
    ]);
  });

  it("a text of several lines is shown by its lines", () => {
    expect(lines(updateOf({ a: "one\ntwo" }, { a: "one\nthree" }))).toEqual([
      "! a:",
      "    one",
      "-   two",
      "+   three",
    ]);
  });

  it("of long lines what differs is shown, however far to the right it is", () => {
    const [line] = lines(updateOf({ a: `${"x".repeat(900)}left` }, { a: `${"x".repeat(900)}right` }));
    expect(line).toBe(`! a: …${"x".repeat(30)}left" → …${"x".repeat(30)}right"`);
  });

  it("of a long line among others what differs is shown as well", () => {
    const document = (end: string) => ({ a: { list: [`${"x".repeat(900)}${end}`, 1] } });
    expect(lines(updateOf({ a: document("left") }, { a: document("right") }))).toEqual(
      expect.arrayContaining([`-   …${"x".repeat(30)}left"`, `+   …${"x".repeat(30)}right"`]),
    );
  });

  it("texts of many lines that have nothing in common take no time, nor all the room", () => {
    const text = (letter: string) => Array.from({ length: 50_000 }, (_, i) => letter + i).join("\n");
    const found = lines(updateOf({ a: text("a") }, { a: text("b") }));
    expect([found.length, found[1], found[501], found[502], found.at(-1)]).toEqual([
      1003,
      "-   a0",
      "    ⋯ 49500 more lines",
      "+   b0",
      "    ⋯ 49500 more lines",
    ]);
    expect(lines(createOf({ a: text("a") })).length).toBe(501);
  });

  it.each([
    ["JSON", '{"a":1,"b":2}', '{ "b": 2, "a": 1 }', " { a: 1, b: 2 }"],
    ["line ends", "a\r\nb", "a\nb", ""],
  ])("%s that is written in another way is no secret that changes", (_, before, after, seen) =>
    expect(lines(updateOf({ a: before }, { a: after }))).toEqual([
      `! a:${seen} (only white space or notation changes)`,
    ]),
  );

  it("half a letter is written out, where a cut leaves one", () => {
    const [line] = lines(updateOf({ a: `b${"x😀".repeat(300)}` }, { a: `c${"😀".repeat(300)}` }));
    expect(line).not.toMatch(/\p{Surrogate}/u);
  });

  it("a long line is cut", () => {
    const [line] = lines(updateOf({ a: null }, { a: "x".repeat(1000) }));
    expect(line).toBe(`+ a = "${"x".repeat(395)}… (606 more characters)`);
  });

  it("what is known after apply, whole or in part", () => {
    expect(lines(updateOf({ a: "x" }, {}, { after_unknown: { a: true } }))).toEqual([
      '! a: "x" → (known after apply)',
    ]);
    expect(
      lines(updateOf({ a: { k: "x", l: 1 } }, { a: { l: 1 } }, { after_unknown: { a: { k: true } } })),
    ).toEqual(['! a: { k: "x", l: 1 } → { k: (known after apply), l: 1 }']);
  });

  it("letters that are not seen are written out", () => {
    expect(lines(updateOf({ a: null }, { a: "\u202eevil\u200b\u001b[31m" }))).toEqual([
      '+ a = "\\u202eevil\\u200b\\u001b[31m"',
    ]);
    expect(lines(createOf({ a: "\u061c\u00ad\u{e0041} é😀" }))).toEqual([
      '+ a = "\\u061c\\u00ad\\u{e0041} é😀"',
    ]);
  });

  it("default tags are shown when they change, and not a second time with the own tags", () => {
    const own = updateOf(
      { tags: { a: "1" }, tags_all: { a: "1", d: "x" } },
      { tags: { a: "2" }, tags_all: { a: "2", d: "x" } },
    );
    expect(lines(own)).toEqual(['! tags: { a: "1" } → { a: "2" }']);
    const inherited = updateOf(
      { tags: { a: "1" }, tags_all: { a: "1", d: "x" } },
      { tags: { a: "1" }, tags_all: { a: "1", d: "y" } },
    );
    expect(lines(inherited)).toEqual(['! tags_all: { a: "1", d: "x" } → { a: "1", d: "y" }']);
  });
});

describe("secrets", () => {
  const sensitive = { before_sensitive: { a: true }, after_sensitive: { a: true } };
  it("a value that changes", () =>
    expect(lines(updateOf({ a: "old" }, { a: "new" }, sensitive))).toEqual([
      "! a: (sensitive) → (sensitive, changes)",
    ]));
  it.each([
    ["before", { before_sensitive: { a: true, l: [true] } }],
    ["after", { after_sensitive: { a: true, l: [true, false] } }],
  ])("a mark that is only %s hides both sides, however short they are", (_, marks) =>
    expect(lines(updateOf({ a: true, l: ["x", 1] }, { a: false, l: ["y", 2] }, marks))).toEqual([
      "! a: (sensitive) → (sensitive, changes)",
      "! l: [(sensitive), 1] → [(sensitive, changes), 2]",
    ]),
  );
  it("a container hides all below it, names too", () =>
    expect(lines(updateOf({ a: { k: [1] } }, { a: { k: [2] } }, sensitive))).toEqual([
      "! a: (sensitive) → (sensitive, changes)",
    ]));
  it("a member", () =>
    expect(
      lines(
        updateOf(
          { a: [{ k: "old", l: 1 }] },
          { a: [{ k: "new", l: 2 }] },
          {
            before_sensitive: { a: [{ k: true }] },
            after_sensitive: { a: [{ k: true }] },
          },
        ),
      ),
    ).toEqual([
      "! a:",
      "    [",
      "-     { k: (sensitive), l: 1 }",
      "+     { k: (sensitive, changes), l: 2 }",
      "    ]",
    ]));
  it("a part of a text: that it changes is said, though nothing else can be", () =>
    expect(
      lines(updateOf({ u: "x://a:topsecret@h" }, { u: "x://a:othersecret@h" }, {}), [], ["topsecret"]),
    ).toEqual(['! u: "x://a:(sensitive)@h" (a sensitive part changes)']));
  it("a new one", () =>
    expect(lines(createOf({ a: "new" }, { after_sensitive: { a: true } }))).toEqual(["+ a = (sensitive)"]));
  it("one with a secret's name that nobody marked, but not its address nor a flag", () =>
    expect(lines(createOf({ auth_token: "x", token: "arn:aws:x", manage_password: true }))).toEqual([
      "+ auth_token = (sensitive)",
      "+ manage_password = true",
      '+ token = "arn:aws:x"',
    ]));
  it("an environment variable with a secret's name", () =>
    expect(
      lines(
        createOf({
          env: [
            { name: "DB_PASSWORD", value: "x" },
            { name: "MODE", value: "y" },
          ],
        }),
      ),
    ).toEqual([
      "+ env = [",
      '+   { name: "DB_PASSWORD", value: (sensitive) }',
      '+   { name: "MODE", value: "y" }',
      "+ ]",
    ]));
  it("an output that nobody marks any more", () => {
    const change = { actions: ["update"], before: 1234, after: 5678, before_sensitive: true };
    expect(valueChange("pin", change, new Redactor(new Set())).lines).toEqual([
      { sign: "!", text: "pin: (sensitive) → (sensitive, changes)" },
    ]);
  });
  it("an output", () => {
    const change = {
      actions: ["update"],
      before: "old",
      after: "new",
      before_sensitive: true,
      after_sensitive: true,
    };
    expect(valueChange("password", change, new Redactor(new Set()))).toEqual({
      name: "password",
      kind: "change",
      before: "(sensitive)",
      after: "(sensitive, changes)",
      forces: false,
      lines: [{ sign: "!", text: "password: (sensitive) → (sensitive, changes)" }],
    });
  });
});

describe("made, removed, replaced", () => {
  it("of a new one what is set; what AWS decides is named in one line", () =>
    expect(
      lines(
        createOf(
          { a: 1, b: null, c: [], tags_all: { d: "x" } },
          { after_unknown: { arn: true, id: true, list: [] } },
        ),
      ),
    ).toEqual(["+ a = 1", "known after apply: arn,id"]));
  it("of one that goes what it was", () =>
    expect(lines(deleteOf({ a: 1, b: null, tags_all: { d: "x" } }))).toEqual(["- a = 1"]));
  it("of a replaced resource: marks what forces it; a default that was read is not a change", () =>
    expect(
      lines(
        updateOf(
          { cidr: "a", id: "x", flag: false, vpc: "v" },
          { cidr: "b", flag: null },
          {
            actions: ["delete", "create"],
            after_unknown: { id: true, vpc: true },
          },
        ),
        ["cidr", "vpc"],
      ),
    ).toEqual([
      '! cidr: "a" → "b"   # forces replacement',
      '! vpc: "v" → (known after apply)   # forces replacement',
      "known after apply: id",
    ]));
});

describe("a mark whose value changes shape", () => {
  const data = (before: unknown, after: unknown, before_sensitive: unknown, after_sensitive: unknown) =>
    lines(
      updateOf(
        { input: before },
        { input: after },
        { before_sensitive: { input: before_sensitive }, after_sensitive: { input: after_sensitive } },
      ),
      [],
      [],
      "terraform_data",
    );

  it.each([
    ["an object becomes a list", { a: "x" }, ["4711", 20261121, "42"], {}, [true, true, false]],
    ["a list becomes an object", ["4711", "42"], { a: "4711" }, [true, false], {}],
    ["an object becomes a text", { a: "4711", b: "x" }, "4711 x", { a: true }, false],
    ["a list becomes a number", ["4711"], 4711, [true], false],
    ["a text becomes an object", "4711 x", { a: "x" }, false, { a: true }],
    ["a member becomes a list", { k: { a: "4711" } }, { k: ["4711"] }, { k: { a: true } }, { k: [false] }],
  ])("%s: all of both is hidden", (_, before, after, was, will) => {
    const found = data(before, after, was, will);
    expect(found.join("\n")).toMatch(/\(sensitive/);
    expect(found.join("\n")).not.toMatch(/4711|20261121|42/);
  });

  it("of the same shape the marks of both sides hold, also for members that are new", () => {
    expect(data({ a: "4711" }, { a: "4711", b: "open", c: "0815" }, { a: true }, { c: true })).toEqual([
      '! input: { a: (sensitive) } → { a: (sensitive), b: "open", c: (sensitive, changes) }',
    ]);
  });

  it("a number that is a secret elsewhere is hidden", () => {
    expect(lines(updateOf({ port: 1 }, { port: 20261121 }), [], ["20261121"])).toEqual([
      "! port: 1 → (sensitive, changes)",
    ]);
    expect(lines(createOf({ doc: JSON.stringify({ pin: 20261121 }) }), [], ["20261121"])).toEqual([
      "+ doc = { pin: (sensitive) }",
    ]);
  });
});

describe("an empty value that someone wrote", () => {
  it.each([
    [
      "a tag set to nothing",
      { tags: { a: "x", b: "y" } },
      { tags: { a: "", b: "y" } },
      ['! tags: { a: "x", b: "y" } → { a: "", b: "y" }'],
    ],
    [
      "an empty tag removed",
      { tags: { a: "", b: "y" } },
      { tags: { b: "y" } },
      ['! tags: { a: "", b: "y" } → { b: "y" }'],
    ],
    ["the last empty tag removed", { tags: { a: "" } }, { tags: {} }, ['- tags = { a: "" }']],
    [
      "an environment variable in a block",
      { environment: [{ variables: { MODE: "x" } }] },
      { environment: [{ variables: { MODE: "" } }] },
      [
        "! environment:",
        "    [",
        "      {",
        '-       variables: { MODE: "x" }',
        '+       variables: { MODE: "" }',
        "      }",
        "    ]",
      ],
    ],
    ["a member of a document", { doc: '{"a":"x"}' }, { doc: '{"a":""}' }, ['! doc: { a: "x" } → { a: "" }']],
    [
      "an empty list of a document",
      { doc: '{"a":1}' },
      { doc: '{"a":1,"b":[]}' },
      ["! doc:", "-   { a: 1 }", "+   {", "+     a: 1", "+     b: []", "+   }"],
    ],
    ["an argument of the provider", { path: "" }, { path: null }, []],
    ["an argument in a block", { b: [{ c: "", d: 1 }] }, { b: [{ c: null, d: 1 }] }, []],
  ])("%s", (_, before, after, expected) => expect(lines(updateOf(before, after))).toEqual(expected));

  it.each([
    ["a list", [], "+ x = []"],
    ["an object", {}, "+ x = {}"],
    ["a text", "", '+ x = ""'],
    ["zero", 0, "+ x = 0"],
  ])("as an output: %s", (_, after, expected) => {
    const change = valueChange("x", { actions: ["create"], before: null, after }, new Redactor(new Set()));
    expect(change.lines.map(({ sign, text }) => `${sign} ${text}`)).toEqual([expected]);
  });

  it("what triggers a terraform_data", () => {
    expect(lines(updateOf({ input: { a: null } }, { input: {} }), [], [], "terraform_data")).toEqual([
      "! input: { a: null } → {}",
    ]);
  });
});

it("a key with line breaks looks like no other line", () => {
  const key = "x\n+ memory_size = 128\n- other".replaceAll("\\n", "\n");
  expect(
    lines(updateOf({ v: { a: "1" } }, { v: { a: "1", [key]: "2" } }))
      .join("\n")
      .split("\n"),
  ).toEqual(['! v: { a: "1" } → { a: "1", x\\n+ memory_size = 128\\n- other: "2" }']);
});
