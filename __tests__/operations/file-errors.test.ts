import { explainFileError } from "../../operations/file-errors";

const failed = (code: string, syscall: string, path?: string) =>
  Object.assign(new Error(`${code}: it failed`), { code, syscall, path });

it.each([
  [
    failed("EACCES", "mkdir", "/p/.automock"),
    "/p/.automock cannot be created (EACCES). This user has no access. Give this user access, or work in a copy of the project that this user owns.",
  ],
  [
    failed("EROFS", "open", "/p/environments/ephemeral/a.json"),
    "/p/environments/ephemeral/a.json cannot be opened (EROFS). The file system is read-only. Work in a copy of the project on one that can be written.",
  ],
  [
    failed("ENOSPC", "write", "/p/x"),
    "/p/x cannot be used (ENOSPC). There is no space left for this user. Free some and run the command again.",
  ],
])("%s: names the path and what to do", (error, message) => expect(explainFileError(error)).toBe(message));

it.each([
  [failed("EACCES", "connect")],
  [failed("ENOENT", "open", "/p/x")],
  [new Error("something else")],
  [undefined],
])("%s is another error", (error) => expect(explainFileError(error)).toBeUndefined());
