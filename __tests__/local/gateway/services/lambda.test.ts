import { strToU8, zipSync } from "fflate";
import type { Call } from "../../../../local/gateway/call";
import { Delays } from "../../../../local/gateway/delays";
import { Functions, type DeployedFunction, type RunFunction } from "../../../../local/gateway/functions";
import { Roles } from "../../../../local/gateway/services/iam";
import { lambda as patchOf } from "../../../../local/gateway/services/lambda";
import type { Invoked } from "../../../../local/lambda-runtime";
import { bodyOf, call, failing, motoThat, request, textOf } from "../wire";

function lambda(run?: RunFunction, delays = new Delays(), roles = new Roles(delays)) {
  return patchOf({ functions: new Functions(run), delays, roles });
}

const zipOf = (entries: Parameters<typeof zipSync>[0]) => Buffer.from(zipSync(entries));
const [zip1, zip2] = [zipOf({ "code.mjs": strToU8("1") }), zipOf({ "code.mjs": strToU8("2") })];

describe("lambda", () => {
  const to = (method: string, path: string, input: object = {}) =>
    call(request("lambda", { method, path: `/2015-03-31/functions${path}`, body: JSON.stringify(input) }));
  const DeadLetterConfig = { TargetArn: "arn:dlq" };
  const LoggingConfig = { LogFormat: "JSON" };

  it("keeps dead-letter and log settings, by name and by ARN", async () => {
    const patch = lambda();
    const moto = motoThat(({ operation }) =>
      operation === "GetFunction" ? { Configuration: { FunctionName: "f" } } : { FunctionName: "f" },
    );
    const send = async (received: Call) => bodyOf(await patch(received, moto.forward));
    const created = to("POST", "", { FunctionName: "f", Timeout: 3, DeadLetterConfig });
    expect(await send(created)).toEqual({ FunctionName: "f", DeadLetterConfig });
    const arn = encodeURIComponent("arn:aws:lambda:us-east-1:123456789012:function:f");
    expect(await send(to("PUT", `/${arn}/configuration`, { LoggingConfig }))).toEqual({
      FunctionName: "f",
      DeadLetterConfig,
      LoggingConfig,
    });
    expect(await send(to("GET", "/f"))).toEqual({
      Configuration: { FunctionName: "f", DeadLetterConfig, LoggingConfig },
    });
    await send(to("DELETE", "/f"));
    expect(await send(to("GET", "/f/configuration"))).toEqual({ FunctionName: "f" });
  });

  it("keeps nothing of a refused call and passes other calls on", async () => {
    const patch = lambda();
    await patch(to("POST", "", { FunctionName: "f", DeadLetterConfig }), failing);
    const { forward } = motoThat(() => ({ Functions: [] }));
    expect(bodyOf(await patch(to("GET", "/f/configuration"), forward))).toEqual({ Functions: [] });
    expect(bodyOf(await patch(to("GET", ""), forward))).toEqual({ Functions: [] });
  });

  describe("invoked", () => {
    const ZipFile = zip1.toString("base64");
    const FunctionArn = "arn:aws:lambda:us-east-1:123456789012:function:f";
    const configuration = {
      FunctionArn,
      Runtime: "python3.13",
      Handler: "index.handler",
      Timeout: 9,
      Environment: { Variables: { A: "b" } },
    };
    const moto = () => motoThat(({ operation }) => (operation === "Invoke" ? "from moto" : configuration));
    const invocation = (name: string, body: string, type?: string) =>
      call(
        request("lambda", {
          path: `/2015-03-31/functions/${encodeURIComponent(name)}/invocations?Qualifier=x`,
          body,
          headers: type ? { "x-amz-invocation-type": type } : {},
        }),
      );
    function setUp(result: Invoked | Error = { kind: "returned", value: { a: 1 } }) {
      const runs: [DeployedFunction, unknown][] = [];
      const patch = lambda(async (deployed, event) => {
        runs.push([deployed, event]);
        if (result instanceof Error) throw result;
        return result;
      });
      return { patch, runs, moto: moto() };
    }
    const created = to("POST", "", { FunctionName: "f", Code: { ZipFile } });

    it.each([
      [
        "an entry outside its folder",
        zipOf({ "../x": strToU8("") }),
        'The zip entry "../x" would be written outside the function\'s folder.',
      ],
      ["no zip file", Buffer.from("x"), "The code is not a zip file that can be read: invalid zip data."],
    ])("refuses code with %s, on create and update", async (_, zip, message) => {
      const { patch, moto } = setUp();
      const ZipFile = zip.toString("base64");
      for (const upload of [
        to("POST", "", { FunctionName: "f", Code: { ZipFile } }),
        to("PUT", "/f/code", { ZipFile }),
      ]) {
        const answer = await patch(upload, moto.forward);
        expect([answer.status, answer.headers["x-amzn-errortype"], bodyOf(answer)]).toEqual([
          400,
          "InvalidParameterValueException",
          { message },
        ]);
      }
      expect(moto.asked).toEqual([]);
    });

    it("runs the code it was created with, with its settings", async () => {
      const { patch, runs, moto } = setUp();
      await patch(created, moto.forward);
      const answer = await patch(invocation(FunctionArn, '{"x":1}'), moto.forward);
      expect(answer).toEqual({
        status: 200,
        headers: { "content-type": "application/json", "x-amz-executed-version": "$LATEST" },
        body: Buffer.from('{"a":1}'),
      });
      expect(runs).toEqual([
        [
          {
            functionArn: FunctionArn,
            runtime: "python3.13",
            handler: "index.handler",
            timeoutSeconds: 9,
            variables: { A: "b" },
            zip: zip1,
          },
          { x: 1 },
        ],
      ]);
      const asked = moto.asked.at(-1)!;
      expect([asked.method, asked.path, asked.rawQuery, asked.body.length]).toEqual([
        "GET",
        "/2015-03-31/functions/f/configuration",
        "",
        0,
      ]);
    });

    it("runs the code it was updated with, an empty payload as an empty event, and nothing after its end", async () => {
      const { patch, runs, moto } = setUp();
      await patch(created, moto.forward);
      await patch(to("PUT", "/f/code", { ZipFile: zip2.toString("base64") }), moto.forward);
      await patch(invocation("f", ""), moto.forward);
      expect([runs[0]![0].zip, runs[0]![1]]).toEqual([zip2, {}]);
      await patch(to("DELETE", "/f"), moto.forward);
      expect(textOf(await patch(invocation("f", "{}"), moto.forward))).toBe("from moto");
      expect(runs).toHaveLength(1);
    });

    it("answers at once to an event, also to one that fails, and runs nothing for a dry run", async () => {
      const { patch, runs, moto } = setUp(new Error("unpacking failed"));
      await patch(created, moto.forward);
      expect((await patch(invocation("f", "{}", "Event"), moto.forward)).status).toBe(202);
      expect(runs).toHaveLength(1);
      expect((await patch(invocation("f", "{}", "DryRun"), moto.forward)).status).toBe(204);
      expect(runs).toHaveLength(1);
    });

    it.each<[Invoked, object]>([
      [
        { kind: "threw", errorType: "TypeError", errorMessage: "no", error: "TypeError: no\n    at x" },
        { errorType: "TypeError", errorMessage: "no", trace: ["TypeError: no", "    at x"] },
      ],
      [
        { kind: "ended", exitCode: 7, lastWords: "" },
        {
          errorType: "Runtime.ExitError",
          errorMessage: "The function ended with exit code 7 and no answer; its time limit is 9 s.",
        },
      ],
    ])("says in header and payload that the function failed: %#", async (invoked, payload) => {
      const { patch, moto } = setUp(invoked);
      await patch(created, moto.forward);
      const answer = await patch(invocation("f", "{}", "RequestResponse"), moto.forward);
      expect([answer.status, answer.headers["x-amz-function-error"]]).toEqual([200, "Unhandled"]);
      expect(bodyOf(answer)).toEqual(payload);
    });

    it("refuses a payload that is no JSON, and leaves what it cannot run to moto", async () => {
      const { patch, runs, moto } = setUp();
      expect(textOf(await patch(invocation("f", "{}"), moto.forward))).toBe("from moto");
      await patch(created, moto.forward);
      const refused = await patch(invocation("f", "{"), moto.forward);
      expect([refused.status, refused.headers["x-amzn-errortype"]]).toEqual([
        400,
        "InvalidRequestContentException",
      ]);
      expect((await patch(invocation("f", "{}"), failing)).status).toBe(400);
      expect(runs).toEqual([]);
      const withoutRunner = lambda();
      await withoutRunner(created, moto.forward);
      expect(textOf(await withoutRunner(invocation("f", "{}"), moto.forward))).toBe("from moto");
    });
  });
});
