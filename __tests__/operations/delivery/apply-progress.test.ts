import { readEvent, type ApplyEvent } from "../../../operations/delivery/apply-events";
import { ApplyProgress, type ProgressStream } from "../../../operations/delivery/apply-progress";

describe("readEvent", () => {
  /** As Terraform 1.11.4 prints it. */
  const hook = (type: string, more: object = {}) =>
    JSON.stringify({
      "@level": "info",
      "@message": "aws_lb.a: Creating...",
      type,
      hook: {
        resource: { addr: "aws_lb.a", module: "", resource_type: "aws_lb" },
        action: "create",
        ...more,
      },
    });

  it.each([
    ["apply_start", "start"],
    ["apply_complete", "complete"],
    ["apply_errored", "errored"],
  ])("reads %s", (type, read) => {
    expect(readEvent(hook(type, { elapsed_seconds: 3 }))).toEqual({
      type: read,
      address: "aws_lb.a",
      action: "create",
    });
  });

  it.each([
    ["error", "error"],
    ["warning", "warning"],
  ])("reads a diagnostic of severity %s in full", (severity, read) => {
    const diagnostic = {
      severity,
      summary: "creating EC2 VPC",
      detail: "line one\nline two",
      address: "aws_vpc.v",
    };
    expect(readEvent(JSON.stringify({ type: "diagnostic", diagnostic }))).toEqual({
      type: "diagnostic",
      severity: read,
      text: "creating EC2 VPC (aws_vpc.v)\nline one\nline two",
    });
  });

  it("reads a diagnostic without address and detail", () => {
    const diagnostic = { severity: "error", summary: "Saved plan is stale", detail: "" };
    expect(readEvent(JSON.stringify({ type: "diagnostic", diagnostic }))).toMatchObject({
      text: "Saved plan is stale",
    });
  });

  it.each([
    ["not JSON"],
    ["null"],
    ["7"],
    [""],
    ['{"type":"version"}'],
    [hook("apply_progress")],
    ['{"type":"diagnostic"}'],
  ])("passes over %s", (line) => expect(readEvent(line)).toEqual({ type: "other" }));
});

describe("ApplyProgress", () => {
  let ms: number;
  let text: string;
  beforeEach(() => {
    [ms, text] = [0, ""];
  });

  function progress(stream: Partial<ProgressStream> = {}, total = 12): ApplyProgress {
    return new ApplyProgress({
      stream: { ...stream, write: (part: string) => (text += part) },
      total,
      nameOf: (address) => `path/of/${address.split(".")[1]}`,
      now: () => ms,
    });
  }
  const event = (type: "start" | "complete" | "errored", address: string, action = "create"): ApplyEvent => ({
    type,
    address,
    action,
  });

  it("writes a line for each finished resource, with what was done and how long it took", () => {
    const shown = progress();
    for (const [action, address] of [
      ["create", "aws_lb.a"],
      ["update", "aws_lb.b"],
      ["delete", "aws_lb.c"],
    ] as const) {
      shown.on(event("start", address, action));
      ms += 63_000;
      shown.on(event("complete", address, action));
    }
    expect(text).toBe(
      " 1/12  created  path/of/a (aws_lb)  1 min 3 s\n" +
        " 2/12  changed  path/of/b (aws_lb)  1 min 3 s\n" +
        " 3/12  deleted  path/of/c (aws_lb)  1 min 3 s\n",
    );
    expect([shown.done, shown.seconds]).toEqual([3, 189]);
  });

  it("does not count what failed, nor data that is read", () => {
    const shown = progress();
    shown.on(event("start", "data.aws_x.d", "read"));
    shown.on(event("complete", "data.aws_x.d", "read"));
    shown.on(event("start", "aws_vpc.v"));
    shown.on(event("errored", "aws_vpc.v"));
    expect(text).toBe(" 0/12  FAILED   path/of/v (aws_vpc)  0 s\n");
    expect(shown.done).toBe(0);
  });

  it("says that what is broken off after an interrupt was stopped, not that it failed", () => {
    const shown = progress();
    shown.on(event("start", "aws_vpc.v"));
    shown.interrupted = true;
    shown.on(event("errored", "aws_vpc.v"));
    expect(text).toBe(" 0/12  stopped  path/of/v (aws_vpc)  0 s\n");
  });

  it("keeps errors for the end, shows warnings, but not the one about the lock table", () => {
    const shown = progress();
    shown.on({ type: "diagnostic", severity: "error", text: "no" });
    shown.on({
      type: "diagnostic",
      severity: "warning",
      text: 'The parameter "dynamodb_table" is deprecated.',
    });
    shown.on({ type: "diagnostic", severity: "warning", text: "look" });
    expect(text).toBe("Warning: look\n");
    expect(shown.errors).toEqual(["no"]);
  });

  describe("without a terminal", () => {
    it("gives a sign of life after 30 seconds without a line, naming what takes longest", () => {
      const shown = progress();
      shown.on(event("start", "aws_db_instance.d"));
      ms = 10_000;
      shown.on(event("start", "aws_lb.a"));
      for (ms = 11_000; ms <= 75_000; ms += 1000) shown.tick();
      expect(text).toBe(
        "0/12 · 30 s · creating path/of/d (aws_db_instance) (30 s) and 1 more\n" +
          "0/12 · 1 min · creating path/of/d (aws_db_instance) (1 min) and 1 more\n",
      );
    });

    it("writes no control characters", () => {
      const shown = progress();
      shown.on(event("start", "aws_lb.a"));
      shown.tick();
      shown.on(event("complete", "aws_lb.a"));
      shown.end();
      expect([...text].filter((character) => character !== "\n" && character < " ")).toEqual([]);
    });
  });

  describe("on a terminal", () => {
    const ERASE = "\r\u001b[2K";

    it("has a last line with count, time and the resource that takes longest", () => {
      const shown = progress({ isTTY: true, columns: 100 });
      shown.on(event("start", "aws_lb.a", "delete"));
      ms = 63_000;
      shown.tick();
      expect(text).toBe(
        `0/12 · 0 s · deleting path/of/a (aws_lb) (0 s)${ERASE}0/12 · 1 min 3 s · deleting path/of/a (aws_lb) (1 min 3 s)`,
      );
      text = "";
      shown.on(event("complete", "aws_lb.a", "delete"));
      expect(text).toBe(`${ERASE} 1/12  deleted  path/of/a (aws_lb)  1 min 3 s\n1/12 · 1 min 3 s`);
      text = "";
      shown.end();
      expect(text).toBe(ERASE);
    });

    it("never wraps, which would leave half a line behind", () => {
      const shown = progress({ isTTY: true, columns: 30 });
      shown.on(event("start", "aws_lb.with-quite-a-long-name"));
      expect(text).toBe("0/12 · 0 s · creating path/o…");
      expect(text.length).toBeLessThanOrEqual(30);
    });
  });
});
