import { join } from "node:path";
import { cdktfDeploy, deployArguments, stackFolder } from "../../../operations/terraform/cdktf";

const base = { projectFolder: "/p", env: {}, stacks: ["automock-staging"] };

it("deploys without asking, into the usual folder", () => {
  expect(deployArguments("deploy", base)).toEqual([
    "deploy",
    "automock-staging",
    "--auto-approve",
    "--output",
    "cdktf.out",
  ]);
});

it("adds each option that is set", () => {
  const options = {
    ...base,
    stacks: ["a", "b"],
    outputFolder: ".local-aws/out",
    skipSynth: true,
    skipProviderLock: true,
  };
  expect(deployArguments("destroy", options)).toEqual([
    "destroy",
    "a",
    "b",
    "--auto-approve",
    "--output",
    ".local-aws/out",
    "--skip-synth",
    "--skip-provider-lock",
  ]);
});

it("knows where a synthesized stack lies", () => {
  expect(stackFolder({ projectFolder: "/p" }, "s")).toBe("/p/cdktf.out/stacks/s");
  expect(stackFolder({ projectFolder: "/p", outputFolder: "o" }, "s")).toBe("/p/o/stacks/s");
});

it("runs the installed CLI and reports its failure", async () => {
  const projectFolder = join(__dirname, "..", "..", "..");
  const deploy = cdktfDeploy({
    projectFolder,
    outputFolder: "cdktf.out/none",
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CHECKPOINT_DISABLE: "1", NO_COLOR: "1" },
    stacks: ["no-such-stack"],
    skipSynth: true,
  });
  await expect(deploy).rejects.toThrow(
    /^"cdktf deploy no-such-stack --auto-approve --output cdktf\.out\/none --skip-synth" failed with exit code \d+:/,
  );
});
