import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BOX_USER } from "../../../contract/admin-box";
import type { Box } from "../../../operations/admin-box/boxes";
import { admitKey, openTunnel } from "../../../operations/admin-box/instance-connect";
import type { AdminPlace } from "../../../operations/admin-box/place";
import type { Cli } from "../../context";
import { runOnTerminal } from "./child";

const missing = "EC2 Instance Connect needs OpenSSH.";

/**
 * Opens a shell through EC2 Instance Connect with `ssh` and a key that exists only meanwhile. The terminal is that of
 * `ssh`, which restores it.
 *
 * @returns whether there was a shell
 * @throws UserError if OpenSSH is not installed
 */
export async function sshOn(cli: Cli, place: AdminPlace, box: Box, signal?: AbortSignal): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "automock-ssh-")); // no other user can enter it
  const key = join(folder, "key");
  const opened = join(folder, "opened");
  try {
    const keygen = ["-q", "-t", "ed25519", "-N", "", "-C", box.id, "-f", key];
    await runOnTerminal(cli, "ssh-keygen", keygen, { missing });
    const tunnel = await openTunnel(place, box);
    try {
      await admitKey(place, box, readFileSync(`${key}.pub`, "utf8").trim());
      const options = [
        "IdentitiesOnly=yes",
        "IdentityAgent=none",
        "ConnectTimeout=15",
        // AWS proves which box it is: the tunnel is TLS, and leads to this box alone.
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "LogLevel=ERROR",
        // ssh runs it after the login: its exit code does not say whether there was one.
        "PermitLocalCommand=yes",
        `LocalCommand=touch '${opened}'`,
      ];
      const args = ["-F", "none", "-i", key, "-p", String(tunnel.port)];
      for (const option of options) args.push("-o", option);
      await runOnTerminal(cli, "ssh", [...args, `${BOX_USER}@127.0.0.1`], { missing, signal });
      return existsSync(opened);
    } finally {
      tunnel.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
