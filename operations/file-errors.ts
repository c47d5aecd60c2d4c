const NO_ACCESS =
  "This user has no access. Give this user access, or work in a copy of the project that this user owns.";
const NO_SPACE = "There is no space left for this user. Free some and run the command again.";

/** What to do about a file or folder that cannot be used, by the code of the error. */
const FIXES: Readonly<Record<string, string>> = {
  EACCES: NO_ACCESS,
  EPERM: NO_ACCESS,
  EROFS: "The file system is read-only. Work in a copy of the project on one that can be written.",
  ENOSPC: NO_SPACE,
  ENOTDIR: "A part of this path is a file. Delete it or give it another name.",
  EDQUOT: NO_SPACE,
};

const CALLS: Readonly<Record<string, string>> = {
  mkdir: "created",
  mkdtemp: "created",
  open: "opened",
  rename: "moved",
  rm: "deleted",
  rmdir: "deleted",
  scandir: "read",
  unlink: "deleted",
};

/** Names the file or folder that could not be used, and says what to do; `undefined` for any other error. */
export function explainFileError(error: unknown): string | undefined {
  const { code = "", path, syscall = "" } = (error ?? {}) as NodeJS.ErrnoException;
  const fix = FIXES[code];
  if (fix === undefined || path === undefined) return undefined;
  return `${path} cannot be ${CALLS[syscall] ?? "used"} (${code}). ${fix}`;
}
