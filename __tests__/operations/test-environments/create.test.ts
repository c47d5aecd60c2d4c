import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { JournalEntry } from "../../../contract/test-run";
import { createNodes } from "../../../operations/test-environments/create";
import { LocalJournal } from "../../../operations/test-environments/journal";
import type { Existing, Node } from "../../../operations/test-environments/nodes/node";
import type { RunWorld } from "../../../operations/test-environments/world";
import { awsError, fakeClients } from "../../support/fake-clients";
import { FakeTestRegistry, TEST_HEADER } from "../../support/test-run";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "create-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A world that logs what happens in order. */
function world(): RunWorld & {
  readonly log: string[];
  readonly registry: RunWorld["registry"] & FakeTestRegistry;
} {
  const log: string[] = [];
  return {
    run: TEST_HEADER,
    clients: fakeClients({}),
    registry: new FakeTestRegistry((line) => log.push(line)) as never,
    journal: new LocalJournal(folder, TEST_HEADER.run),
    projectFolder: folder,
    progress: () => undefined,
    now: () => 0,
    log,
  };
}

function node(log: string[], name: string, after: readonly string[] = [], other: Partial<Node> = {}): Node {
  return {
    node: name,
    type: "dynamodb:table",
    name: `test-orders-k3f9aa-${name}`,
    after,
    calls: [],
    find: async () => undefined,
    create: async () => {
      log.push(`create ${name}`);
      return { id: name };
    },
    ...other,
  };
}

const never = new AbortController().signal;
const ours: Existing = { id: "a", tags: { "automock:environment": "orders-k3f9aa" } };
const theirs: Existing = {
  id: "a",
  tags: { "automock:environment": "orders-zzzzzz", "automock:owner": "someone" },
};

function open(made: ReturnType<typeof world>): void {
  made.journal.open(TEST_HEADER);
}

it("the journal has the intent before the call and the result after it", async () => {
  const made = world();
  open(made);
  const { failure, created } = await createNodes(made, [node(made.log, "a")], never);
  expect(failure).toBeUndefined();
  expect([...created.keys()]).toEqual(["a"]);
  expect(made.log).toEqual(["note intent a", "create a", "note created a"]);
  expect(made.journal.read()?.entries).toEqual(made.registry.notes.slice(1));
});

it("in any graph and any order, a node begins after those it waits for, and its intent comes first", () =>
  fc.assert(
    fc.asyncProperty(
      fc
        .integer({ min: 1, max: 12 })
        .chain((size) =>
          fc.tuple(
            fc.array(fc.array(fc.nat(11), { maxLength: 3 }), { minLength: size, maxLength: size }),
            fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
          ),
        ),
      async ([edges, order]) => {
        const made = world();
        open(made);
        const after = edges.map((targets, i) =>
          i === 0 ? [] : [...new Set(targets.map((target) => `n${target % i}`))],
        );
        const nodes = order.map((i) => node(made.log, `n${i}`, after[i]));
        await createNodes(made, nodes, never);
        const at = (line: string) => made.log.indexOf(line);
        for (const [i, names] of after.entries()) {
          expect(at(`note intent n${i}`)).toBeLessThan(at(`create n${i}`));
          for (const name of names) expect(at(`note created ${name}`)).toBeLessThan(at(`create n${i}`));
        }
        expect(made.log).toHaveLength(3 * edges.length);
      },
    ),
    { numRuns: 50 },
  ));

it("the first failure stops what has not begun", async () => {
  const made = world();
  open(made);
  const fails = node(made.log, "b", ["a"], {
    create: () => Promise.reject(awsError("AccessDeniedException", "no")),
  });
  const { failure, spans } = await createNodes(
    made,
    [node(made.log, "a"), fails, node(made.log, "c", ["b"])],
    never,
  );
  expect(failure).toMatchObject({ node: "b", message: "AccessDeniedException: no" });
  expect(spans.map(({ node: name, result }) => `${name} ${result}`)).toEqual([
    "a created",
    "b failed",
    "c skipped",
  ]);
  expect(made.log).not.toContain("note intent c");
});

it("the first failure also stops what does not need what failed, and waits for what is under way", async () => {
  const made = world();
  open(made);
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const fails = node(made.log, "a", [], { create: () => failed });
  const slow = node(made.log, "b", [], {
    create: async () => {
      fail(awsError("AccessDeniedException", "no"));
      await new Promise(setImmediate);
      return { id: "b" };
    },
  });
  const { spans, created } = await createNodes(made, [fails, slow, node(made.log, "c", ["b"])], never);
  expect(spans.map(({ node: name, result }) => `${name} ${result}`)).toEqual([
    "a failed",
    "b created",
    "c skipped",
  ]);
  expect([...created.keys()]).toEqual(["b"]);
  expect(made.log).toContain("note created b");
});

it("an interruption stops what has not begun and is not a failure", async () => {
  const made = world();
  open(made);
  const controller = new AbortController();
  const first = node(made.log, "a", [], {
    create: async () => {
      controller.abort();
      return { id: "a" };
    },
  });
  const { failure, created } = await createNodes(
    made,
    [first, node(made.log, "b", ["a"])],
    controller.signal,
  );
  expect(failure).toBeUndefined();
  expect([...created.keys()]).toEqual(["a"]);
  expect(made.log).toEqual(["note intent a", "note created a"]);
});

it.each(["EntityAlreadyExistsException", "ResourceInUseException", "BucketAlreadyOwnedByYou"])(
  "%s: what has the run's tags is adopted",
  async (name) => {
    const made = world();
    open(made);
    const one = node(made.log, "a", [], {
      create: () => Promise.reject(awsError(name)),
      find: async () => ours,
    });
    const { spans } = await createNodes(made, [one], never);
    expect(spans.map(({ result }) => result)).toEqual(["adopted"]);
    expect(made.registry.notes.map(({ state }) => state)).toEqual(["intent", "created"]);
  },
);

it("what belongs to someone else is refused, and the journal says that it must not be deleted", async () => {
  const made = world();
  open(made);
  const one = node(made.log, "a", [], { looksFirst: true, find: async () => theirs });
  const { failure } = await createNodes(made, [one], never);
  expect(failure?.message).toBe(
    "Error: test-orders-k3f9aa-a exists and belongs to orders-zzzzzz (owner someone), so it is neither used nor deleted",
  );
  expect(made.registry.notes.map(({ state }) => state)).toEqual(["intent", "refused"]);
  expect(made.log).not.toContain("create a");
});

it("an interrupted attempt is continued: what exists is adopted, the rest is created", async () => {
  const made = world();
  open(made);
  const earlier: JournalEntry[] = ["a", "b"].map((name) => ({
    node: name,
    state: "intent",
    type: "dynamodb:table",
    name,
    at: "2026-01-31T09:00:00Z",
  }));
  const a = node(made.log, "a", [], { find: async () => ours });
  const { spans } = await createNodes(made, [a, node(made.log, "b")], never, earlier);
  expect(spans.map(({ node: name, result }) => `${name} ${result}`).sort()).toEqual([
    "a adopted",
    "b created",
  ]);
});

it("nothing is created when the journal cannot be written", async () => {
  const made = world();
  open(made);
  made.registry.note = () => Promise.reject(new Error("no registry"));
  const { failure } = await createNodes(made, [node(made.log, "a")], never);
  expect(failure?.message).toBe("Error: no registry");
  expect(made.log).toEqual([]);
});
