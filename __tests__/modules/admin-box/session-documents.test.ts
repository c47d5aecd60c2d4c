import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adminEnvironment } from "../../support/environments";
import { synthesize } from "../../support/golden";

interface SessionDocument {
  readonly sessionType: string;
  readonly inputs: Readonly<Record<string, unknown>> & { readonly shellProfile?: { readonly linux: string } };
}

const stack = JSON.parse(synthesize([adminEnvironment]).get("admin-staging")!) as {
  readonly resource: { readonly aws_ssm_document: Readonly<Record<string, { readonly content: string }>> };
};
const documents = Object.values(stack.resource.aws_ssm_document).map(
  ({ content }) => JSON.parse(content.replaceAll("$${", "${")) as SessionDocument,
);

it("every session is logged with encryption, and ends when it is idle or a box must have ended", () => {
  expect(documents.map(({ sessionType }) => sessionType).sort()).toEqual([
    "NonInteractiveCommands",
    "Standard_Stream",
  ]);
  for (const { inputs } of documents) {
    expect(inputs).toMatchObject({
      cloudWatchEncryptionEnabled: true,
      cloudWatchStreamingEnabled: true,
      idleSessionTimeout: "20",
      maxSessionDuration: "720",
    });
  }
});

describe("the profile of the shell", () => {
  const profile = documents.find(({ inputs }) => inputs.shellProfile)!.inputs.shellProfile!.linux;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "profile-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const shell = (env: NodeJS.ProcessEnv) =>
    spawnSync("/bin/sh", ["-c", `${profile}\necho the shell itself`], {
      env: { PATH: folder, ...env },
      encoding: "utf8",
    }).stdout;
  const install = () => {
    writeFileSync(join(folder, "tmux"), '#!/bin/sh\necho "tmux $*"\n');
    chmodSync(join(folder, "tmux"), 0o755);
  };

  it("joins the session of tmux where that is installed", () => {
    install();
    expect(shell({})).toBe("tmux new-session -A -s main\n");
  });

  it("leaves the shell as it is without tmux, and in tmux", () => {
    expect(shell({})).toBe("the shell itself\n");
    install();
    expect(shell({ TMUX: "/tmp/tmux-1000/default,1,0" })).toBe("the shell itself\n");
  });
});
